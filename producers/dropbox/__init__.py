"""The drop folder: files of events that a court without a network connection to us signs and hands over.

`manifest` is what is signed, `box` what is done with the folder.
"""
