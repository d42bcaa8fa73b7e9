"""What each error code of AWS, and each error class of its SDK, means to us.

Source: "Common Error Types" and the Errors section of each action in the API references of
Lambda, Secrets Manager, IAM, STS and EC2; ``botocore/exceptions.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from secretshift.model.errors import (
    AlreadyThere,
    LoginExpired,
    Moved,
    NotFound,
    Refused,
    SecretshiftError,
    Unavailable,
    UsageProblem,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    family: type[SecretshiftError]
    code: str
    hint: str = ""


_DENIED = Meaning(
    Refused, "access-denied", "Allow this action for the identity that runs secretshift"
)
_KMS = Meaning(Refused, "kms-refused", "Check the key's state and who its policy lets use it")
_GONE = Meaning(NotFound, "not-found")
_TAKEN = Meaning(AlreadyThere, "already-exists")
_MOVED = Meaning(Moved, "moved", "Plan again: it changed since it was looked at")
_SLOW_DOWN = Meaning(Unavailable, "throttled", "Try again in a moment")
_BROKEN = Meaning(Unavailable, "service-unavailable", "Try again in a moment")
_LOGIN = Meaning(
    LoginExpired,
    "login-expired",
    "Log in again (aws sso login, or renew the credentials of the profile) and resume",
)
_KEYS = Meaning(
    LoginExpired,
    "login-expired",
    "AWS does not know these credentials: log in again, and check that the region is enabled",
)
_LIMIT = Meaning(Refused, "limit-exceeded", "Ask AWS for a higher quota or free what is unused")
_INVALID = Meaning(Refused, "invalid-request")
UNKNOWN = Meaning(Refused, "refused")

AWS_CODES: dict[str, Meaning] = {
    **dict.fromkeys(
        (
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedOperation",
            "AuthFailure",
            "NotAuthorized",
            "AuthorizationError",
            "OptInRequired",
            "403",
        ),
        _DENIED,
    ),
    **dict.fromkeys(
        (
            "KMSAccessDeniedException",
            "KMSDisabledException",
            "KMSInvalidStateException",
            "KMSNotFoundException",
            "EncryptionFailure",
            "DecryptionFailure",
            "DisabledException",
            "KMSInvalidState",
            "InvalidKeyUsageException",
        ),
        _KMS,
    ),
    **dict.fromkeys(
        (
            "ResourceNotFoundException",
            "ResourceNotFound",
            "NoSuchEntity",
            "NoSuchEntityException",
            "NotFoundException",
            "CodeSigningConfigNotFoundException",
            "ProvisionedConcurrencyConfigNotFoundException",
            "InvalidVpcID.NotFound",
            "InvalidSubnetID.NotFound",
            "InvalidGroup.NotFound",
            "404",
        ),
        _GONE,
    ),
    **dict.fromkeys(
        ("ResourceExistsException", "EntityAlreadyExists", "EntityAlreadyExistsException"), _TAKEN
    ),
    **dict.fromkeys(
        (
            "PreconditionFailedException",
            "PreconditionFailed",
            "ResourceConflictException",
            "ConcurrentModification",
            "ConcurrentModificationException",
            "412",
        ),
        _MOVED,
    ),
    **dict.fromkeys(
        (
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "BandwidthLimitExceeded",
            "SlowDown",
            "PriorRequestNotComplete",
            "429",
        ),
        _SLOW_DOWN,
    ),
    **dict.fromkeys(
        (
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "Unavailable",
            "InternalError",
            "InternalFailure",
            "InternalServiceError",
            "InternalServiceErrorException",
            "InternalServerError",
            "ServiceException",
            "ServiceFailure",
            "ServiceFailureException",
            "RequestTimeout",
            "RequestTimeoutException",
            "ResourceNotReadyException",
            "500",
            "502",
            "503",
            "504",
        ),
        _BROKEN,
    ),
    **dict.fromkeys(
        (
            "ExpiredToken",
            "ExpiredTokenException",
            "ExpiredTokenFault",
            "RequestExpired",
            "TokenRefreshRequired",
            "UnauthorizedException",
        ),
        _LOGIN,
    ),
    **dict.fromkeys(
        (
            "UnrecognizedClient",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
        ),
        _KEYS,
    ),
    **dict.fromkeys(
        ("LimitExceeded", "LimitExceededException", "CodeStorageExceededException"), _LIMIT
    ),
    **dict.fromkeys(
        (
            "InvalidParameterValueException",
            "InvalidParameterException",
            "InvalidRequestException",
            "InvalidInput",
            "ValidationError",
            "ValidationException",
            "MalformedPolicyDocument",
            "MalformedPolicyDocumentException",
            "InvalidRuntimeException",
        ),
        _INVALID,
    ),
    "UnmodifiableEntity": Meaning(
        Refused,
        "unmodifiable-role",
        "A service-linked role belongs to AWS: give the function a role of its own",
    ),
    "InvalidCodeSignatureException": Meaning(
        Refused, "code-signing", "Sign the layer with a profile that the function's policy trusts"
    ),
    "CodeVerificationFailedException": Meaning(
        Refused, "code-signing", "Sign the layer with a profile that the function's policy trusts"
    ),
}
"""By code alone, never by HTTP status: Lambda answers 502 for settled refusals as well
(``KMSDisabledException``), so that a status says nothing on whether to try again."""

_NO_CREDENTIALS = Meaning(
    UsageProblem,
    "no-credentials",
    "Name a profile, or set AWS_PROFILE or the AWS_ACCESS_KEY_ID variables; "
    "on AWS the role of the machine is used",
)
_BAD_CONFIGURATION = Meaning(UsageProblem, "aws-configuration", "Check ~/.aws/config")
_NETWORK = Meaning(Unavailable, "unreachable", "Check the network, the proxy and the region's name")

SDK_ERRORS: dict[str, Meaning] = {
    **dict.fromkeys(
        (
            "SSOError",
            "LoginError",
            "TokenRetrievalError",
            "NoAuthTokenError",
            "CredentialRetrievalError",
            "RefreshWithMFAUnsupportedError",
        ),
        _LOGIN,
    ),
    **dict.fromkeys(("NoCredentialsError", "PartialCredentialsError"), _NO_CREDENTIALS),
    **dict.fromkeys(
        (
            "ConfigParseError",
            "ConfigNotFound",
            "InvalidConfigError",
            "InfiniteLoopConfigError",
            "UnknownCredentialError",
            "UnknownTokenProviderError",
            "MissingDependencyException",
            "InvalidProxiesConfigError",
            "InvalidEndpointConfigurationError",
        ),
        _BAD_CONFIGURATION,
    ),
    **dict.fromkeys(
        ("NoRegionError", "InvalidRegionError", "UnknownRegionError", "EndpointResolutionError"),
        Meaning(UsageProblem, "region", "Name a region, for instance eu-central-1"),
    ),
    **dict.fromkeys(
        (
            "HTTPClientError",
            "ConnectionError",
            "EndpointConnectionError",
            "ResponseStreamingError",
            "IncompleteReadError",
            "MetadataRetrievalError",
            "ResponseParserError",
            "CapacityNotAvailableError",
        ),
        _NETWORK,
    ),
    "ProfileNotFound": Meaning(UsageProblem, "no-such-profile", "aws configure list-profiles"),
}
"""By class name along the method resolution order, so that nothing of the SDK is imported here."""

LOST_LINE: dict[str, str] = {
    "ConnectTimeoutError": "no connection came about in time",
    "ReadTimeoutError": "nothing came back in time",
    "ProxyConnectionError": "the proxy could not be reached",
    "SSLError": "no secure connection came about",
    "EndpointConnectionError": "its address could not be reached",
    "ConnectionClosedError": "the connection was closed",
    "ResponseStreamingError": "the answer broke off",
    "IncompleteReadError": "the answer broke off",
    "MetadataRetrievalError": "the metadata of this machine could not be read",
    "ResponseParserError": "what came back cannot be read as an answer",
    "HTTPClientError": "the connection failed",
    "ConnectionError": "the connection failed",
}
"""By class name in the same way, the nearest class first: what happened on the way to AWS."""
