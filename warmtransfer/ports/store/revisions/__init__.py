"""How the tables came to be as they are: one file a step, of which the first makes those of 0.1.0.

What a step changes, processes of the release before it are working on: it adds, with a default for those who
do not know of it, and neither renames nor drops what that release reads or writes. What nobody needs any
more goes a release later. A step looks before it changes: tables that an older release has made itself have
no version, and any part of what they lack.
"""
