"""Where anybody can check what we say: a link or a file, with publisher, date and hash.

What a link said is read once, when it is given; whether it still answers is asked every night.
"""
