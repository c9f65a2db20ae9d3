"""What came of it: dated facts with evidence, and how far each demand stands with each target.

A milestone may move several demands in several campaigns. A standing is the last movement by
date; a claim of success without evidence is refused.
"""
