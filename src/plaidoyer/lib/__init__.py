"""The drawer: rules and small tools without tables. Imports nothing of ours."""
