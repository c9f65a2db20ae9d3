"""The keys that personal data is sealed with, apart from the data.

A row that has something personal to say keeps it in one sealed document (AES-256-GCM). Its key is a
row here, wrapped under a key of the organisation, which is wrapped under the master key outside the
database. Who deletes a key makes its document unreadable for good, in this database and in every
copy of it that was made apart from its keys.
"""
