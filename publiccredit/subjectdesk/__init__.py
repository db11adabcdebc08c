"""
The subject's own desk: an enterprise proves itself, sees everything held about it, and puts right what is wrong.

Takes a code sent to the registered contact, a letter from the counter or the province's sign-on. Gives a session that
is no officer's account and reaches the subject's own rows only, in code and in the database. Refuses, without telling
which part was wrong, whatever does not prove the subject; and what a handler's rights do not cover, from the moment
they end. Beside it, without any proof: a reader contests a field of a public record and follows it with a code.
"""
