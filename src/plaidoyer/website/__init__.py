"""The house's front: home, campaign pages, navigation, base templates, look.

The roof: a page that shows several rooms is made here, so that no room needs to know another.
"""
