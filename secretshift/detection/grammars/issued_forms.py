"""How tokens look that tell by their own form who gave them out.

Sources: the issuers' pages on their tokens: Stripe "API keys" and "Webhooks", Notion
"Authorization", Supabase "API keys", Contentful "Personal access tokens", New Relic "API keys" and
"License keys", Google "OAuth clients" and "Using OAuth 2.0", Brevo "SMTP keys", Sonar "User
tokens", Linear "OAuth", Hugging Face "User access tokens", HubSpot "Private apps", Doppler "Token
formats", Netlify "Token prefixes", GitLab "Token prefixes", Atlassian "API tokens" and "Access
tokens", Tailscale "Key prefixes", PlanetScale "Service tokens", Square "Access tokens", PayPal
"Access tokens", Plaid "Access tokens", Heroku "Token formats", NuGet "API keys", JFrog "Reference
tokens", LaunchDarkly "SDK credentials", Mapbox "Access tokens", Yandex Cloud "API keys", AWS
"AppSync: API key authorization" and Login with Amazon, Axiom "API tokens", Midtrans "Access keys",
Ramp "Authorization", Personio "API credentials", Statsig "API keys"; and for what Azure gives out, Microsoft
"Identifiable secrets" (a mark at a fixed place, so that scanners can know them).
"""

from __future__ import annotations

from typing import Final, NamedTuple

_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class Form(NamedTuple):
    """behind: an expression for what follows what it begins with; kind: of the catalogue, ""
    where the beginning says it."""

    behind: str
    kind: str = ""


_OTHER: Final = "generic-token"
BEGINNINGS: Final = {
    "whsec_": Form(r"[A-Za-z0-9+/]{24,64}={0,2}"),
    "ntn_": Form(r"[A-Za-z0-9]{40,60}"),
    "secret-": Form(r"[A-Za-z0-9]{43}", _OTHER),
    "secret_": Form(r"[A-Za-z0-9]{43}", "notion-token"),
    "sk_test_": Form(r"[A-Za-z0-9]{20,120}"),
    "sb_secret_": Form(r"[A-Za-z0-9_-]{28,60}"),
    "xaat-": Form(_UUID, _OTHER),
    "xapt-": Form(_UUID, _OTHER),
    "Mid-server-": Form(r"[A-Za-z0-9_-]{20,40}", _OTHER),
    "ramp_sec_": Form(r"[A-Za-z0-9]{32,80}", _OTHER),
    "papi-": Form(r"[A-Za-z0-9]{30,60}", _OTHER),
    "CFPAT-": Form(r"[A-Za-z0-9_-]{40,60}"),
    "NRAK-": Form(r"[A-Z0-9]{27}"),
    "NRII-": Form(r"[A-Za-z0-9_-]{32}", "new-relic-license-key"),
    "NRIQ-": Form(r"[A-Za-z0-9_-]{32}", "new-relic-user-key"),
    "GOCSPX-": Form(r"[A-Za-z0-9_-]{28}"),
    "ya29.": Form(r"[A-Za-z0-9_-]{60,400}", "bearer-token"),
    "1//0": Form(r"[A-Za-z0-9_-]{60,140}", "oauth-refresh-token"),
    "xsmtpsib-": Form(r"[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    "sqp_": Form(r"[0-9a-f]{40}"),
    "squ_": Form(r"[0-9a-f]{40}"),
    "sqa_": Form(r"[0-9a-f]{40}"),
    "sq0atp-": Form(r"[A-Za-z0-9_-]{22}"),
    "sq0csp-": Form(r"[A-Za-z0-9_-]{43}"),
    "lin_oauth_": Form(r"[0-9a-f]{64}"),
    "hf_": Form(r"[A-Za-z0-9]{34}"),
    "pat-": Form(r"(?:na|eu|ap)\d-" + _UUID, "hubspot-token"),
    "glft-": Form(r"[A-Za-z0-9_-]{20,60}"),
    "glffct-": Form(r"[A-Za-z0-9_-]{20,60}"),
    "tvly-": Form(r"(?:dev-|prod-)?[A-Za-z0-9]{32}", _OTHER),
    "sk-lf-": Form(_UUID, _OTHER),
    "pscale_tkn_": Form(r"[A-Za-z0-9_.=-]{32,64}", _OTHER),
    "nfp_": Form(r"[A-Za-z0-9]{36}", "netlify-token"),
    "nfo_": Form(r"[A-Za-z0-9]{36}", "netlify-token"),
    "nfc_": Form(r"[A-Za-z0-9]{36}", "netlify-token"),
    "nfu_": Form(r"[A-Za-z0-9]{36}", "netlify-token"),
    "nfb_": Form(r"[A-Za-z0-9]{36}", "netlify-token"),
    "dp.st.": Form(r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
    "dp.ct.": Form(r"[A-Za-z0-9]{40,44}"),
    "dp.sa.": Form(r"[A-Za-z0-9]{40,44}"),
    "dp.scim.": Form(r"[A-Za-z0-9]{40,44}"),
    "dp.audit.": Form(r"[A-Za-z0-9]{40,44}"),
    "ATBB": Form(r"[A-Za-z0-9]{32}"),
    "ATCTT3": Form(r"[A-Za-z0-9_=-]{100,250}"),
    "ATSTT3": Form(r"[A-Za-z0-9_=-]{100,250}"),
    "tskey-": Form(r"[a-z]{3,8}-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{20,40}", _OTHER),
    "FLWSECK-": Form(r"[0-9a-f]{32}-X", _OTHER),
    "FLWSECK_TEST-": Form(r"[0-9a-f]{32}-X", _OTHER),
    "fo1_": Form(r"[A-Za-z0-9_-]{43}", _OTHER),
    "xau_": Form(r"[A-Za-z0-9]{36,48}", _OTHER),
    "aio_": Form(r"[A-Za-z0-9]{28}", _OTHER),
    "cmVmdGtuOj": Form(r"[A-Za-z0-9]{54}", "artifactory-token"),
    "oy2": Form(r"[a-z0-9]{43}", _OTHER),
    "tfp_": Form(r"[A-Za-z0-9_.=-]{59}", _OTHER),
    "sk.eyJ1Ijoi": Form(r"[A-Za-z0-9_-]{20,150}\.[A-Za-z0-9_-]{22}", "mapbox-token"),
    "sdk-": Form(_UUID, "launchdarkly-sdk-key"),
    "access-sandbox-": Form(_UUID, "plaid-secret"),
    "access-development-": Form(_UUID, "plaid-secret"),
    "access-production-": Form(_UUID, "plaid-secret"),
    "access_token$production$": Form(r"[0-9a-z]{16}\$[0-9a-f]{32}", "paypal-client-secret"),
    "access_token$sandbox$": Form(r"[0-9a-z]{16}\$[0-9a-f]{32}", "paypal-client-secret"),
    "HRKU-": Form(r"(?:" + _UUID + r"|AA[A-Za-z0-9_-]{58,60})", "heroku-api-key"),
    "snyk_uat.": Form(r"[0-9a-zA-Z]{8}\.[A-Za-z0-9_-]{40,160}", _OTHER),
    "snyk_sat.": Form(r"[0-9a-zA-Z]{8}\.[A-Za-z0-9_-]{40,160}", _OTHER),
    "vercel_blob_rw_": Form(r"[A-Za-z0-9]{16}_[A-Za-z0-9]{28,34}", "vercel-token"),
    "e2b_": Form(r"[0-9a-f]{40}", _OTHER),
    "jina_": Form(r"[A-Za-z0-9_-]{56,64}", _OTHER),
    "fc-": Form(r"[0-9a-f]{32}", _OTHER),
    "retool_01": Form(r"[a-z0-9]{24}", _OTHER),
    "mdb_sa_sk_": Form(r"[A-Za-z0-9_-]{40}", _OTHER),
    "AQVN": Form(r"[A-Za-z0-9_-]{35,38}", _OTHER),
    "y0_": Form(r"[A-Za-z0-9_-]{54,58}", _OTHER),
    "t1.9": Form(r"[A-Za-z0-9_-]{50,400}={0,2}\.[A-Za-z0-9_-]{86}={0,2}", _OTHER),
    "vk1.a.": Form(r"[A-Za-z0-9_-]{150,260}", _OTHER),
    "secret-live-": Form(r"[A-Za-z0-9_-]{36}=?", _OTHER),
    "secret-test-": Form(r"[A-Za-z0-9_-]{36}=?", _OTHER),
    "WPL_AP1.": Form(r"[A-Za-z0-9]{16}\.[A-Za-z0-9+/]{6,8}={0,2}", "oauth-client-secret"),
    "WPL_AP0.": Form(r"[A-Za-z0-9]{16}\.[A-Za-z0-9+/]{6,8}={0,2}", "oauth-client-secret"),
    "amzn.mws.": Form(_UUID, _OTHER),
    "amzn1.oa2-cs.v1.": Form(r"[0-9a-f]{64}", "oauth-client-secret"),
    "da2-": Form(r"[a-z0-9]{26}", "generic-api-key"),
    "EAA": Form(r"[A-Za-z0-9]{100,300}", "bearer-token"),
    "IGQ": Form(r"[A-Za-z0-9_-]{100,300}", "bearer-token"),
    "IQoJb3JpZ2lu": Form(r"[A-Za-z0-9+/]{150,2000}={0,2}", "aws-session-token"),
    "FwoGZXIvYXdz": Form(r"[A-Za-z0-9+/]{150,2000}={0,2}", "aws-session-token"),
    "FQoGZXIvYXdz": Form(r"[A-Za-z0-9+/]{150,2000}={0,2}", "aws-session-token"),
    "K10": Form(r"[0-9a-f]{64}::\w{1,40}:[0-9a-f]{32}", _OTHER),
    "AKCp": Form(r"[A-Za-z0-9]{69}"),
    "re_": Form(r"[A-Za-z0-9]{8}_[A-Za-z0-9]{24}", "resend-api-key"),
    "sk_": Form(r"[0-9a-f]{48}", "elevenlabs-api-key"),
    "eyJhIjoi": Form(r"[A-Za-z0-9+/]{120,400}={0,2}", "cloudflare-token"),
}  # fmt: skip
"""By how a token begins, what goes on behind that."""


class Marked(NamedTuple):
    """A token with a mark within; before and behind: expressions for what stands around it, size:
    the characters before it."""

    before: str
    size: int
    behind: str
    kind: str


_END_88: Final = r"[A-Za-z0-9+/]{5}[AQgw]=="
_END_44: Final = r"[A-P][A-Za-z0-9+/]{5}="
MARKS: Final = {
    "NRAL": Marked(r"[0-9a-f]{36}", 36, "", "new-relic-license-key"),
    "Q~": Marked(r"[A-Za-z0-9_~.-]{3}\d", 4, r"[A-Za-z0-9_~.-]{31,34}", "azure-client-secret"),
    "+ASt": Marked(r"[A-Za-z0-9+/]{76}", 76, _END_88, "azure-storage-key"),
    "+ABa": Marked(r"[A-Za-z0-9+/]{76}", 76, _END_88, "azure-service-key"),
    "ACDb": Marked(r"[A-Za-z0-9+/]{76}", 76, _END_88, "azure-cosmos-key"),
    "APIM": Marked(r"[A-Za-z0-9+/]{76}", 76, _END_88, "azure-service-key"),
    "AzFu": Marked(r"[A-Za-z0-9_-]{44}", 44, r"[A-Za-z0-9_-]{5}[AQgw]==", "azure-service-key"),
    "+AEh": Marked(r"[A-Za-z0-9+/]{33}", 33, _END_44, "azure-service-bus-key"),
    "+ASb": Marked(r"[A-Za-z0-9+/]{33}", 33, _END_44, "azure-service-bus-key"),
    "+ARm": Marked(r"[A-Za-z0-9+/]{33}", 33, _END_44, "azure-service-bus-key"),
    "AIoT": Marked(r"[A-Za-z0-9+/]{33}", 33, _END_44, "azure-service-key"),
    "AzCa": Marked(r"[A-Za-z0-9]{33}", 33, r"[A-P][A-Za-z0-9]{5}=", "redis-password"),
    "AzSe": Marked(r"[A-Za-z0-9]{42}", 42, r"[A-D][A-Za-z0-9]{5}", "azure-service-key"),
    "+ACR": Marked(r"[A-Za-z0-9+/]{42}", 42, r"[A-D][A-Za-z0-9]{5}", "azure-service-key"),
    "JQQJ9": Marked(r"[A-Za-z0-9]{52}", 52, r"[A-Za-z0-9]{27,31}(?:==)?", "azure-service-key"),
    "AZDO": Marked(r"[A-Za-z0-9]{76}", 76, r"[A-Za-z0-9]{4}", "generic-token"),
    "-us": Marked(r"[0-9a-f]{32}", 32, r"\d{1,2}", "mailchimp-api-key"),
}
"""By the mark that an issuer puts into its tokens, what stands around it."""
