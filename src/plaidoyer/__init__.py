"""Supporters act, decision-makers receive, organisers track, everybody reads the report."""
