"""The built-in wall: NiceGUI pages over the live view and the warehouse."""
