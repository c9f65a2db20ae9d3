"""Pictures worth looking at: each has its table, and a sentence that says what it shows.

One Vega-Lite spec draws the page (SVG, light and dark), the PDF (SVG) and the mail (PNG). Hues are
those of Okabe and Ito, which people who see few colours can tell apart; no picture needs them.
"""

from plaidoyer.reports.charts.drawing import Chart, png

__all__ = ["Chart", "png"]
