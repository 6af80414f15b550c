"""What seats may do to their room, one command a file; the file's name is the command's.

A command is pure: a seat, its words and a situation go in, an outcome and the events it causes come out. Rights,
unknown names, unclosed quotations and copies of paid commands are checked before, in `antiphon.room.orders`.
"""
