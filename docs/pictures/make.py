"""Draws docs/pictures/plan.svg from a made-up plan: no account, no function and no value is real.

Renew it with: python docs/pictures/make.py
"""

from __future__ import annotations

import json
from pathlib import Path

from secretshift.model.functions import FunctionRef, Place
from secretshift.model.plans import (
    EnvironmentName,
    FunctionPlan,
    Piece,
    Plan,
    PlanNote,
    SecretPlan,
    Sizes,
    VariablePlan,
    VariableSource,
)
from secretshift.model.secret_value import Fingerprint
from secretshift.reports.picture import picture
from secretshift.reports.plan_text import plan_lines

TARGET = Path(__file__).with_name("plan.svg")

PLACE = Place("aws", "123456789012", "eu-west-1")
ROLE = "arn:aws:iam::123456789012:role/orders-api"
NAME = "secretshift/db/postgres/database-url-1f0c9a2e"
SECRET_ARN = f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{NAME}-XXXXXX"


def function(name: str) -> FunctionRef:
    return FunctionRef(PLACE, name, f"arn:aws:lambda:eu-west-1:123456789012:function:{name}")


def made_up_plan() -> Plan:
    """One secret, one function that will read it, and one that stays as it is."""
    orders = function("orders-api")
    seen = Fingerprint("0" * 64)

    def part(key: str) -> Piece:
        return Piece(key, variable=VariableSource(orders, "DATABASE_URL", key, seen))

    secret = SecretPlan(
        key="s1",
        place=PLACE,
        name=NAME,
        kind="postgres-password",
        title="PostgreSQL password",
        credential="c-4f1d2c3b5a69",
        pieces=(
            part("username"),
            part("password"),
            part("host"),
            Piece("engine", constant="postgres"),
        ),
        fingerprint=seen,
    )
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": SECRET_ARN,
                "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": orders.arn}},
            }
        ],
    }
    moved = FunctionPlan(
        function=orders,
        runtime="python3.12",
        role=ROLE,
        way="layer",
        why="python3.12 can start through the resolver layer",
        variables=(
            VariablePlan(
                name="DATABASE_URL",
                fingerprint=seen,
                secret="s1",
                kind="postgres-password",
                credentials=("c-4f1d2c3b5a69",),
                template="postgresql://{username}:{password}@{host}/orders",
            ),
        ),
        policy_name="secretshift-eu-west-1-orders-api",
        policy=json.dumps(policy),
        sizes=Sizes(1204, 1688, 1240, 4096),
        environment=(
            EnvironmentName("AWS_LAMBDA_EXEC_WRAPPER", "adds"),
            EnvironmentName("DATABASE_URL", "removes"),
            EnvironmentName("DATABASE_URL_SECRET_ARN", "adds"),
            EnvironmentName("DATABASE_URL_SECRET_TEMPLATE", "adds"),
            EnvironmentName("LOG_LEVEL", "keeps"),
            EnvironmentName("SECRETSHIFT_VARS", "adds"),
            EnvironmentName("TABLE_NAME", "keeps"),
        ),
        proof="probe",
        proof_text="a throw-away twin with the same role, runtime, network and key must get "
        "exactly this value",
        warnings=(
            PlanNote(
                "versions",
                "Published versions keep the plaintext: 3",
                "They cannot be changed; publish again and delete them when nothing uses them",
            ),
        ),
        versions=("3",),
    )
    blocked = FunctionPlan(
        function=function("legacy-report"),
        runtime="python3.12",
        role="arn:aws:iam::123456789012:role/legacy-report",
        way="layer",
        why="python3.12 can start through the resolver layer",
        variables=(),
        policy_name="",
        policy="",
        sizes=Sizes(0, 0, 0, 4096),
        environment=(),
        proof="none",
        proof_text="nothing will be written",
        blockers=(
            PlanNote(
                "network",
                "Its subnets have no way to Secrets Manager",
                "Add an interface endpoint or a NAT",
            ),
        ),
    )
    return Plan(
        id="p-20251124-101500-7b1e",
        created="2025-11-24T10:15:00+00:00",
        accounts=("123456789012",),
        secrets=(secret,),
        functions=(moved, blocked),
        not_searched=("Azure and Google Cloud",),
    )


def drawn() -> str:
    return picture(plan_lines(made_up_plan()), "A plan of secretshift")


if __name__ == "__main__":
    TARGET.write_text(drawn(), "utf-8")
