"""Backing up and restoring: one encrypted file that holds the whole database and a manifest of what it holds.

The file is in the form of age (https://age-encryption.org/v1), for one or more public keys: whoever makes it cannot
read it, and nobody changes or shortens it unseen. In it stands the manifest, as one line of JSON, and then what
`pg_dump --format=custom` writes, both of one snapshot. So `age --decrypt FILE | tail -n +2` is an archive for
`pg_restore`, should this service itself be lost.
"""

#: Under what a backup stands in the access log.
BACKED_UP = "service.backed_up"
