"""The public pages. They read the clock, call the queries and give templates plain values."""
