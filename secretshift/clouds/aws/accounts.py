"""One AWS account with its regions: the port `Cloud`.

Source: GetCallerIdentity (STS), DescribeRegions (EC2), ListRegions (account management), "Enable
or disable AWS Regions in your account".
"""

from __future__ import annotations

import threading
from datetime import timedelta

from secretshift.model.errors import NotFound, Refused
from secretshift.model.functions import Place
from secretshift.model.ports import Caller, Region, Unanswered

from .clocks import Clock
from .connections import Connections, RegionClients
from .errors import aws_errors
from .functions import AwsFunctions
from .permissions import AwsAccess
from .rates import SHARED_LIMITS, RateLimits
from .references import LambdaReferences
from .secrets import AwsSecrets

ALWAYS_ENABLED = frozenset(
    {
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    }
)
"""Regions of the partition aws from before March 2019: no account can switch them off."""


class AwsCloud:
    """profile: of ~/.aws/config, None for the default credentials; region: None for the session's.

    Nothing is imported, opened or asked before it is needed.
    """

    def __init__(
        self,
        profile: str | None = None,
        region: str | None = None,
        limits: RateLimits = SHARED_LIMITS,
        clock: Clock | None = None,
    ) -> None:
        self._profile = profile
        self._connections = Connections(profile, region, limits, clock)
        self._lock = threading.RLock()
        self._caller: Caller | None = None
        self._access: AwsAccess | None = None
        self._regions: dict[str, Region] = {}
        self._regions_note = ""

    @property
    def regions_note(self) -> str:
        return self._regions_note

    @property
    def name(self) -> str:
        return "aws"

    @property
    def label(self) -> str:
        return self._profile or "default credentials"

    @property
    def default_region(self) -> str:
        """Of the session; UsageProblem where none is set."""
        return self._connections.default_region

    @property
    def clock_ahead(self) -> timedelta | None:
        return self._connections.time.ahead

    @property
    def unanswered(self) -> tuple[Unanswered, ...]:
        return self._connections.answers.missing

    def caller(self) -> Caller:
        with self._lock:
            if self._caller is None:
                self._connections.check_credentials()
                client = self._home().tokens
                with aws_errors("asking who is calling", self.label):
                    answer = client.get_caller_identity()
                arn = answer["Arn"]
                self._caller = Caller(answer["Account"], arn, arn.split(":")[1])
                self._connections.account = answer["Account"]
            return self._caller

    def regions(self) -> tuple[str, ...]:
        """EC2 knows what the account has enabled; the account service as well, under another
        permission. Where both refuse, what no account can switch off and the session's region:
        to try the rest would end in errors that look like bad credentials. `regions_note` says so.
        """
        self.caller()
        self._regions_note = ""
        with_lambda = self._with_lambda()
        try:
            enabled = self._enabled_by_ec2()
        except Refused:
            try:
                enabled = self._enabled_by_account()
            except Refused:
                enabled = self._surely_enabled(with_lambda)
        return tuple(sorted(enabled & with_lambda) or sorted(enabled))

    def region(self, name: str) -> Region:
        with self._lock:
            if name not in self._regions:
                self._regions[name] = self._opened(name)
            return self._regions[name]

    def _opened(self, name: str) -> Region:
        caller = self.caller()
        place = Place("aws", caller.account, name, caller.partition)
        if name not in self._with_lambda():
            raise NotFound(
                "There is no Lambda in a region of this name",
                resource=name,
                hint="Name a region such as eu-central-1",
                code="region",
            )
        clients = RegionClients(self._connections, name)
        if self._access is None:
            self._access = AwsAccess(self._home(), self.caller)
        return Region(
            place=place,
            functions=AwsFunctions(place, clients),
            secrets=AwsSecrets(place, clients),
            access=self._access,
            references=LambdaReferences(),
        )

    def _home(self) -> RegionClients:
        return RegionClients(self._connections, self._connections.default_region)

    def _with_lambda(self) -> set[str]:
        partition = self.caller().partition
        with aws_errors("listing the SDK's regions"):
            return set(
                self._connections.session.get_available_regions("lambda", partition_name=partition)
            )

    def _enabled_by_ec2(self) -> set[str]:
        with aws_errors("listing the account's regions"):
            answer = self._home().network.describe_regions(AllRegions=False)
            return {str(region["RegionName"]) for region in answer["Regions"]}

    def _enabled_by_account(self) -> set[str]:
        with aws_errors("listing the account's regions"):
            pages = (
                self._home()
                .accounts.get_paginator("list_regions")
                .paginate(RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"])
            )
            return {str(item["RegionName"]) for page in pages for item in page["Regions"]}

    def _surely_enabled(self, with_lambda: set[str]) -> set[str]:
        self._regions_note = (
            "The account's regions could not be listed (ec2:DescribeRegions and "
            "account:ListRegions are refused): regions that must be switched on are left out"
        )
        surely = with_lambda if self.caller().partition != "aws" else set(ALWAYS_ENABLED)
        return surely | {self.default_region}
