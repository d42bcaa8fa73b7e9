"""The SDK's sessions and clients of one account, made when first used.

Clients may be shared between threads, sessions may not (boto3 guide, "Multithreading or
multiprocessing with clients"), so that clients are made under a lock.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

import secretshift
from secretshift.model.errors import UsageProblem

from .answers import Answers
from .clocks import Clock
from .errors import aws_errors, is_aws_error, nearest, quiet_sdk_loggers
from .rates import SHARED_LIMITS, RateLimits
from .server_time import ServerTime

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sts import STSClient

CONNECT_TIMEOUT = 5
READ_TIMEOUT = 70
INVOKE_TIMEOUT = 900
"""A synchronous call answers only when the function has, at most 15 minutes later."""


class Connections:
    """profile: of ~/.aws/config, None for the default credentials. region: where none is named."""

    def __init__(
        self,
        profile: str | None,
        region: str | None,
        limits: RateLimits = SHARED_LIMITS,
        clock: Clock | None = None,
    ) -> None:
        self._profile = profile
        self._region = region
        self._limits = limits
        self._lock = threading.RLock()
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self.time = ServerTime(clock)
        self.answers = Answers(clock)
        self.account = ""
        """The bucket that requests draw from; "" until the account is known."""

    @property
    def session(self) -> boto3.Session:
        with self._lock:
            if self._session is None:
                self._session = self._open()
            return self._session

    @property
    def default_region(self) -> str:
        region = self._region or self.session.region_name
        if not region:
            raise UsageProblem(
                "No region is set",
                hint="Name one with --region, or set AWS_REGION or the profile's region",
                code="region",
            )
        return str(region)

    def check_credentials(self) -> None:
        """Load them once. What a profile names may be missing or broken (a token file, the program
        that gives credentials), and the SDK then raises what Python raises: UsageProblem."""
        with aws_errors("getting credentials", self._profile or ""):
            failed = self._loading_failed()
        if failed:
            raise UsageProblem(
                f"The credentials of this login cannot be read: {failed}",
                resource=self._profile or "",
                hint="Look at what the profile names in ~/.aws/config: is it there, and does "
                "it answer",
                code="aws-configuration",
            )

    def _loading_failed(self) -> str:
        """The type of what Python raised, "" if the credentials are there. The exception itself
        may hold whatever a program for credentials said, keys included, so it goes no further."""
        try:
            credentials = self.session.get_credentials()
            if credentials is not None:
                credentials.get_frozen_credentials()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            if is_aws_error(error):
                raise
            return type(error).__name__
        return ""

    def client(self, service: str, region: str, *, invoking: bool = False) -> Any:
        """invoking: without a retry and with the patience that a function may need."""
        key = (service, region, invoking)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._made(service, region, invoking)
            return self._clients[key]

    def _open(self) -> boto3.Session:
        import boto3
        import botocore.session

        quiet_sdk_loggers()
        finder = botocore.session.Session()
        # the SDK takes a profile from the environment as well, and refuses without a suggestion
        named = self._profile or finder.get_config_variable("profile") or ""
        if named:
            with aws_errors("reading the AWS configuration"):
                known = finder.available_profiles
            if named not in known:
                like = nearest(named, known)
                raise UsageProblem(
                    "There is no such AWS profile",
                    resource=named,
                    hint=f"Did you mean {like}?" if like else "aws configure list-profiles",
                    code="no-such-profile",
                )
        with aws_errors("opening a session", named):
            return boto3.Session(profile_name=self._profile)

    def _made(self, service: str, region: str, invoking: bool) -> Any:
        from botocore.config import Config

        config = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=INVOKE_TIMEOUT if invoking else READ_TIMEOUT,
            # a call to a function that is sent again runs the function again
            retries={"mode": "standard", "total_max_attempts": 1 if invoking else 6},
            user_agent_extra=f"secretshift/{secretshift.__version__}",
        )
        with aws_errors(f"opening a connection to {service}", region):
            # boto3-stubs knows names as literals only, and not every service has its stubs here
            client = cast(Any, self.session).client(service, region_name=region, config=config)
        self._limits.attach(client.meta.events, lambda: self.account, region)
        self.time.attach(client.meta.events)
        if not invoking:
            # behind the limits: who waits for a turn has asked nothing yet
            self.answers.attach(client.meta.events, f"AWS {region} ({service})")
        return client


class RegionClients:
    """The typed clients of one region."""

    def __init__(self, connections: Connections, region: str) -> None:
        self._connections = connections
        self.region = region

    def of_region(self, region: str) -> RegionClients:
        """The same account elsewhere."""
        return RegionClients(self._connections, region)

    @property
    def functions(self) -> LambdaClient:
        return cast("LambdaClient", self._connections.client("lambda", self.region))

    @property
    def invocations(self) -> LambdaClient:
        return cast("LambdaClient", self._connections.client("lambda", self.region, invoking=True))

    @property
    def secrets(self) -> SecretsManagerClient:
        return cast("SecretsManagerClient", self._connections.client("secretsmanager", self.region))

    @property
    def keys(self) -> KMSClient:
        return cast("KMSClient", self._connections.client("kms", self.region))

    @property
    def logs(self) -> CloudWatchLogsClient:
        return cast("CloudWatchLogsClient", self._connections.client("logs", self.region))

    @property
    def identities(self) -> IAMClient:
        return cast("IAMClient", self._connections.client("iam", self.region))

    @property
    def tokens(self) -> STSClient:
        return cast("STSClient", self._connections.client("sts", self.region))

    @property
    def network(self) -> Any:
        """EC2, of which there are no stubs here."""
        return self._connections.client("ec2", self.region)

    @property
    def accounts(self) -> Any:
        """The account service, of which there are no stubs here."""
        return self._connections.client("account", self.region)
