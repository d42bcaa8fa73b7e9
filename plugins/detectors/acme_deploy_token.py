"""A drop-in detector, to copy: tokens of the fictional Acme deployment service.

A detector is a class in detect-secrets' plugin format. Put the file into a folder that the
settings name under ``[scan] plugins``; every class in it is loaded. Give each a ``secret_type`` of
its own and the compiled expressions of the format; what they match (or their first group, where
they have one) is the secret. ``verify`` is never called.
"""

import re

from detect_secrets.plugins.base import RegexBasedDetector


class AcmeDeployTokenDetector(RegexBasedDetector):
    """``acme_deploy_`` and 32 letters or digits."""

    secret_type = "Acme deploy token"

    denylist = (re.compile(r"\bacme_deploy_[A-Za-z0-9]{32}\b"),)
