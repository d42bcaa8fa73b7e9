"""Errors leave by code: the family, the action and the name, never a text of AWS's."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback

import botocore.exceptions as sdk
import pytest
from botocore.parsers import ResponseParserError

from secretshift.clouds.aws.error_codes import AWS_CODES, LOST_LINE, SDK_ERRORS
from secretshift.clouds.aws.errors import ProgramFault, aws_errors, nearest, quiet_sdk_loggers
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

CANARY = "canary-VALUE-91x"


def client_error(code: str, status: int = 400) -> sdk.ClientError:
    return sdk.ClientError(
        {
            "Error": {"Code": code, "Message": f"String measured: {CANARY}"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        "UpdateFunctionConfiguration",
    )


def translated(error: BaseException) -> BaseException:
    with pytest.raises(BaseException) as caught, aws_errors("configuring the function", "pay"):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("AccessDenied", Refused),
        ("AccessDeniedException", Refused),
        ("UnauthorizedOperation", Refused),
        ("KMSDisabledException", Refused),
        ("ResourceNotFoundException", NotFound),
        ("NoSuchEntity", NotFound),
        ("ResourceExistsException", AlreadyThere),
        ("EntityAlreadyExists", AlreadyThere),
        ("PreconditionFailedException", Moved),
        ("ResourceConflictException", Moved),
        ("TooManyRequestsException", Unavailable),
        ("Throttling", Unavailable),
        ("ThrottlingException", Unavailable),
        ("RequestLimitExceeded", Unavailable),
        ("ServiceUnavailable", Unavailable),
        ("503", Unavailable),
        ("ExpiredToken", LoginExpired),
        ("ExpiredTokenException", LoginExpired),
        ("UnrecognizedClientException", LoginExpired),
        ("InvalidClientTokenId", LoginExpired),
        ("TokenRefreshRequired", LoginExpired),
        ("UnmodifiableEntity", Refused),
    ],
)
def test_each_code_has_its_family(code: str, family: type[SecretshiftError]) -> None:
    error = translated(client_error(code))
    assert type(error) is family
    assert code in str(error) and "pay" in str(error)


@pytest.mark.parametrize("status", [400, 500, 502])
def test_an_unknown_code_is_never_to_be_tried_again(status: int) -> None:
    error = translated(client_error("SomethingNewException", status))
    assert isinstance(error, Refused) and not isinstance(error, Unavailable)


def test_a_code_may_carry_its_namespace() -> None:
    assert isinstance(
        translated(client_error("com.amazonaws.lambda#ResourceNotFoundException")), NotFound
    )


def test_a_code_that_is_a_text_is_not_repeated() -> None:
    assert CANARY not in str(translated(client_error(f"Invalid {CANARY}")))


SDK_CASES: list[tuple[BaseException, type[BaseException]]] = [
    (sdk.NoCredentialsError(), UsageProblem),
    (sdk.PartialCredentialsError(provider="env", cred_var=CANARY), UsageProblem),
    (sdk.ProfileNotFound(profile="x"), UsageProblem),
    (sdk.NoRegionError(), UsageProblem),
    (sdk.ConfigParseError(path="x"), UsageProblem),
    (sdk.EndpointConnectionError(endpoint_url=CANARY), Unavailable),
    (sdk.ConnectTimeoutError(endpoint_url=CANARY), Unavailable),
    (sdk.ReadTimeoutError(endpoint_url=CANARY), Unavailable),
    (sdk.ConnectionClosedError(endpoint_url=CANARY), Unavailable),
    (sdk.ProxyConnectionError(proxy_url=f"http://u:{CANARY}@p"), Unavailable),
    (sdk.SSLError(endpoint_url="x", error=CANARY), Unavailable),
    (ResponseParserError(CANARY), Unavailable),
    (sdk.UnauthorizedSSOTokenError(), LoginExpired),
    (sdk.SSOTokenLoadError(error_msg=CANARY), LoginExpired),
    (sdk.TokenRetrievalError(provider="sso", error_msg=CANARY), LoginExpired),
    (sdk.CredentialRetrievalError(provider="x", error_msg=CANARY), LoginExpired),
    (sdk.ParamValidationError(report=f"Invalid type, value: {CANARY}"), ProgramFault),
    (sdk.DataNotFoundError(data_path=CANARY), Refused),
    (client_error("InvalidParameterValueException"), Refused),
]


@pytest.mark.parametrize(("raised", "family"), SDK_CASES, ids=lambda case: str(type(case).__name__))
def test_nothing_of_the_sdks_error_is_kept(
    raised: BaseException, family: type[BaseException]
) -> None:
    error = translated(raised)
    assert type(error) is family
    assert error.__context__ is None and error.__cause__ is None
    text = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    assert CANARY not in text
    for frame, _line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.endswith("/errors.py"):
            assert raised not in frame.f_locals.values()


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (sdk.ConnectionClosedError(endpoint_url="x"), "the connection was closed"),
        (sdk.ReadTimeoutError(endpoint_url="x"), "nothing came back in time"),
        (sdk.HTTPClientError(error="x"), "the connection failed"),
    ],
)
def test_a_lost_line_is_said_in_words_with_what_to_do(raised: BaseException, words: str) -> None:
    error = translated(raised)
    assert isinstance(error, Unavailable)
    assert error.what == f"AWS gave no answer to configuring the function: {words}"
    assert error.hint == "Check the network, the proxy and the region's name"


def test_no_lost_line_is_said_by_the_name_of_a_class() -> None:
    lost = [name for name, meaning in SDK_ERRORS.items() if meaning.code == "unreachable"]
    assert {"HTTPClientError", "ConnectionError"} <= set(lost)
    assert set(lost) - {"CapacityNotAvailableError"} <= set(LOST_LINE)


def test_every_connection_error_of_the_sdk_means_try_again() -> None:
    classes = [c for c in vars(sdk).values() if isinstance(c, type)]
    for base in (sdk.HTTPClientError, sdk.ConnectionError):
        for found in classes:
            if issubclass(found, base):
                names = [b.__name__ for b in found.__mro__]
                family = next(SDK_ERRORS[n].family for n in names if n in SDK_ERRORS)
                assert family is Unavailable, found


def test_other_exceptions_pass_untouched() -> None:
    error = ValueError("mine")
    assert translated(error) is error
    stop = KeyboardInterrupt()
    assert translated(stop) is stop


def test_every_code_is_a_word_for_machines() -> None:
    for meaning in (*AWS_CODES.values(), *SDK_ERRORS.values()):
        assert meaning.code and meaning.code == meaning.code.lower() and " " not in meaning.code


def test_the_nearest_profile_is_named() -> None:
    assert nearest("prdo", ["prod", "staging"]) == "prod"
    assert nearest("zzzz", ["prod", "staging"]) == ""


def test_loggers_of_the_sdk_never_go_below_info() -> None:
    logger = logging.getLogger("botocore")
    before = logger.level
    try:
        logger.setLevel(logging.DEBUG)
        quiet_sdk_loggers()
        assert logger.level == logging.INFO
        logger.setLevel(logging.ERROR)
        quiet_sdk_loggers()
        assert logger.level == logging.ERROR
    finally:
        logger.setLevel(before)


def test_importing_the_adapter_loads_no_sdk() -> None:
    program = (
        "import sys, secretshift.clouds.aws.accounts as a; a.AwsCloud();"
        "print([m for m in sys.modules if m.split('.')[0] in ('boto3', 'botocore')])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert answer.stdout.strip() == "[]", answer.stderr
