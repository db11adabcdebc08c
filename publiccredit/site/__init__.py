"""
The program put together: settings, addresses, base pages, the command line and the embedded database.
"""
