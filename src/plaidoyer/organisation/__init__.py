"""Who we are: the organisation (OSDI's sponsor) that runs this installation.

One row of settings: its names, colour, postal address and where to give. An editor may change
it in the back office; nothing technical is here.
"""
