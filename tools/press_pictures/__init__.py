"""The illustrations of the sample press, a module for each site. Run ``tools/draw_press_pictures.py``."""
