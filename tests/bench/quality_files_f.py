# ruff: noqa: E501 - a line of a template is a line of a file
"""Files in the manner of real repositories, sixth batch: written by somebody who had not seen the program.

The language is that of :mod:`tests.bench.quality_values`; ``=== path`` begins a file.
"""

from __future__ import annotations

from typing import Final

FILES: Final = r"""
=== services/billing/settings.py
'''Settings of the billing service.'''
import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = '⟦django-insecure-«django»⟧'
DEBUG = os.getenv("DEBUG", "0") == "1"
ALLOWED_HOSTS = ["billing.example.org", "localhost"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "billing",
        "USER": "billing_rw",
        "PASSWORD": os.environ.get("BILLING_DB_PASSWORD", "⟦B1lling!rw⟧"),
        "HOST": os.environ.get("BILLING_DB_HOST", "127.0.0.1"),
    },
    "legacy": {
        "ENGINE": "django.db.backends.mysql",
        "USER": "legacy_ro",
        "PASSWORD": "⟦«person»⟧",
        "OPTIONS": {"init_command": "SET sql_mode='STRICT_TRANS_TABLES'"},
    },
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_RESET_TIMEOUT = 3600
EMAIL_HOST_USER = "noreply@example.org"
EMAIL_HOST_PASSWORD = "⟦«sendgrid»⟧"
CSRF_COOKIE_NAME = "billing_csrftoken"
SESSION_COOKIE_NAME = "billing_sessionid"
STATICFILES_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
=== services/billing/tests/test_auth.py
import pytest
from billing.auth import hash_password, verify, TokenExpired

def test_password_is_hashed():
    hashed = hash_password("foo")
    assert hashed != "foo"
    assert verify("foo", hashed)

def test_wrong_password_raises(client, user):
    user.set_password("secret")
    response = client.post("/login", {"username": user.username, "password": "wrong"})
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_password"

def test_expired_token(client):
    with pytest.raises(TokenExpired, match="token has expired"):
        client.get("/me", headers={"Authorization": "Bearer expired-token"})

@pytest.mark.parametrize("password", ["", "short", "no-digits-here", "a" * 129])
def test_password_rules(password):
    assert not is_valid_password(password)

def test_staging_login():
    s = Session("https://staging.example.org")
    s.login("qa-bot@example.org", "⟦«strong»⟧")
    assert s.token is not None
=== scripts/sync_crm.py
#!/usr/bin/env python3
import requests, sys, json
from datetime import date

crm = "https://crm.example.org/api/v2"
k = "⟦«hex40»⟧"   # my key, ask joerg for his own
hdr = {"Accept": "application/json", "X-CRM-Key": k}

def pull(page):
    r = requests.get(f"{crm}/contacts?page={page}", headers=hdr, auth=("sync", "⟦kundensync77⟧"))
    r.raise_for_status()
    return r.json()

def token_count(text):
    return len(text.split())

def main():
    next_token = None
    while True:
        body = pull(next_token or 1)
        next_token = body.get("nextPageToken")
        if not next_token:
            break
    print("password column skipped", file=sys.stderr)

if __name__ == "__main__":
    main()
=== notebooks/churn.ipynb
{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 3,
   "id": "«hex8»",
   "metadata": {},
   "outputs": [],
   "source": [
    "from sqlalchemy import create_engine\n",
    "engine = create_engine('postgresql://analyst:⟦«alnum14»⟧@«host»:5432/dwh')\n",
    "df = pd.read_sql('select customer_id, token_used from events', engine)\n",
    "import openai\n",
    "openai.api_key = \"⟦«openai»⟧\"\n"
   ]
  },
  {
   "cell_type": "markdown",
   "id": "«hex8»",
   "metadata": {},
   "source": ["Put your own key in `OPENAI_API_KEY`; **never** commit it."]
  },
  {
   "cell_type": "code",
   "execution_count": 4,
   "outputs": [{"output_type": "stream", "name": "stdout", "text": ["Enter password: ········\n"]}],
   "source": ["pw = getpass.getpass('Enter password: ')\n", "tokens = tokenizer(text)['input_ids']"]
  }
 ],
 "metadata": {"kernelspec": {"name": "python3"}},
 "nbformat": 4
}
=== ml/train.py
from transformers import AutoTokenizer, AutoModel
import wandb, os

MODEL_ID = "distilbert-base-uncased"
PAD_TOKEN = "[PAD]"
UNK_TOKEN, SEP_TOKEN = "[UNK]", "[SEP]"
EOS_TOKEN_ID = 50256
tokenizer = AutoTokenizer.from_pretrained(MODEL_ID, use_auth_token="⟦«hf»⟧")
tokenizer.add_special_tokens({"pad_token": PAD_TOKEN, "additional_special_tokens": ["<ctx>"]})
wandb.login(key='⟦«hex40»⟧')
run = wandb.init(project="intent", id="«lower8»")
max_tokens = 512
new_tokens_per_second = 38.2

def collate(batch):
    token_type_ids = [b["token_type_ids"] for b in batch]
    return tokenizer.pad(batch, return_tensors="pt")

checkpoint_sha256 = "«hex64»"
revision = "«hex40»"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["COMET_API_KEY"] = "⟦«alnum25»⟧"
=== tools/ftp_upload.py
import ftplib
import paramiko

HOST = "ftp.example.org"

def upload(path):
    with ftplib.FTP(HOST, "web4711", "⟦«person»⟧") as f:
        f.storbinary("STOR " + path, open(path, "rb"))

def upload_sftp(path):
    t = paramiko.Transport((HOST, 22))
    t.connect(username="deploy", password="⟦Deploy_2018⟧")
    sftp = paramiko.SFTPClient.from_transport(t)
    sftp.put(path, "/srv/www/" + path)

def upload_key(path, key_file="~/.ssh/id_ed25519", passphrase=None):
    key = paramiko.Ed25519Key.from_private_key_file(key_file, password=passphrase)
    t = paramiko.Transport((HOST, 22))
    t.connect(username="deploy", pkey=key)
    fingerprint = "SHA256:«b64_43»"
    assert t.get_remote_server_key().get_fingerprint() == fingerprint
=== bot/main.py
import discord
from telegram.ext import Updater
from .config import Config

cfg = Config.load("bot.toml")
client = discord.Client(intents=discord.Intents.default())

GUILD_ID = «digit18»
CHANNEL = «digit18»
EMOJI = "<:party:«digit18»>"

@client.event
async def on_ready():
    print(f"logged in as {client.user}, token={cfg.token[:4]}...")

# updater = Updater(token=cfg.telegram_token)
updater = Updater("⟦«telegram»⟧", use_context=True)
HOOK = "⟦«discordhook»⟧"
client.run("⟦M«alnum23».«url6».«url38»⟧")
=== app/security.py
from datetime import timedelta
from jose import jwt, JWTError
from fastapi.security import OAuth2PasswordBearer
from passlib.context import CryptContext

# to get a string like this run: openssl rand -hex 32
SECRET_KEY = "⟦«hex64»⟧"
ALGORITHM = "HS256"
ACCESS_TOKEN_EXPIRE_MINUTES = 30
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
pwd_context = CryptContext(schemes=["bcrypt"], deprecated="auto")
credentials_exception = HTTPException(status_code=401, detail="Could not validate credentials")

fake_users_db = {
    "johndoe": {
        "username": "johndoe",
        "hashed_password": "⟦?«bcrypt»⟧",
        "disabled": False,
    }
}

def verify_password(plain_password: str, hashed_password: str) -> bool:
    return pwd_context.verify(plain_password, hashed_password)

def create_access_token(data: dict, expires_delta: timedelta | None = None) -> str:
    to_encode = data.copy()
    return jwt.encode(to_encode, SECRET_KEY, algorithm=ALGORITHM)

class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"
=== airflow/dags/load_orders.py
from airflow import DAG
from airflow.hooks.base import BaseHook
from airflow.models import Variable
from snowflake import connector

conn = BaseHook.get_connection("orders_db")
uri = f"postgresql://{conn.login}:{conn.password}@{conn.host}/{conn.schema}"
sf = connector.connect(
    user="LOADER",
    password="⟦«strong»⟧",
    account="ab12345.eu-central-1",
    warehouse="LOAD_WH",
    role="LOADER_ROLE",
)
slack_token = Variable.get("slack_token")
SLACK = "⟦«slackhook»⟧"
with DAG("load_orders", schedule="@daily", tags=["orders", "secret-free"]) as dag:
    copy = SnowflakeOperator(
        task_id="copy",
        sql="copy into orders from @stage credentials=(aws_key_id='⟦?«akia»⟧' aws_secret_key='⟦«aws40»⟧')",
    )
=== lib/pwgen.py
'''Makes passwords; holds none.'''
import secrets, string

PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SECRET_CHARS = string.ascii_letters + string.digits + "!@#$%^&*()"
TOKEN_PATTERN = r"^[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}$"
GITHUB_TOKEN_RE = r"gh[pousr]_[A-Za-z0-9]{36}"
AWS_KEY_RE = "(?:AKIA|ASIA)[0-9A-Z]{16}"
DEFAULT_PASSWORD_LENGTH = 20
COMMON = {"123456", "password", "qwerty", "letmein", "dragon", "iloveyou"}

def new_password(n: int = DEFAULT_PASSWORD_LENGTH) -> str:
    return "".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(n))

def new_token() -> str:
    token = secrets.token_urlsafe(32)
    return token

def mask(secret: str) -> str:
    return secret[:2] + "*" * 8

MASKED_PASSWORD = "********"
=== celeryconfig.py
from kombu import Queue

broker_url = "amqp://worker:⟦«alnum20»⟧@«host»:5672/prod"
result_backend = "redis://:⟦«hex32»⟧@«host»:6379/2"
# broker_url = "amqp://guest:⟦?guest⟧@localhost//"
task_serializer = "json"
task_default_queue = "default"
task_queues = (Queue("secrets-rotation"), Queue("tokens"))
task_routes = {"app.tasks.rotate_password": {"queue": "secrets-rotation"}}
security_key = "/etc/ssl/private/worker.key"
security_certificate = "/etc/ssl/certs/worker.pem"
security_digest = "sha256"
=== tests/conftest.py
import pytest
from datetime import datetime

@pytest.fixture
def settings():
    return {
        "api_key": "test-api-key",
        "api_secret": "fake-secret",
        "token": "dummy",
        "password": "not-a-real-password",
        "webhook_url": "https://hooks.example.com/T000/B000/XXXX",
        "aws_access_key_id": "testing",
        "aws_secret_access_key": "testing",
    }

@pytest.fixture
def sandbox():
    return Sandbox(key="⟦«stripetest»⟧", account="acct_«alnum16»")

@pytest.fixture(autouse=True)
def env(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x" * 32)
    monkeypatch.setenv("ADMIN_PASSWORD", "pass")
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)

@pytest.fixture
def expected_signature():
    return "sha256=«hex64»"
=== client/python/acme/_auth.py
from __future__ import annotations
import typing as t

class ApiKeyAuth:
    '''Sends the API key.

    >>> ApiKeyAuth("my-api-key").header()
    {'X-Api-Key': 'my-api-key'}
    '''

    header_name: t.ClassVar[str] = "X-Api-Key"
    query_param: t.ClassVar[str] = "api_key"

    def __init__(self, api_key: str, *, password: t.Optional[str] = None) -> None:
        if not api_key:
            raise ValueError("api_key must not be empty; see https://docs.example.org/api-keys")
        self._api_key = api_key
        self._password = password or ""

    def header(self) -> dict[str, str]:
        return {self.header_name: self._api_key}

    def __repr__(self) -> str:
        return "ApiKeyAuth(api_key='***')"

GRANT_TYPE_PASSWORD = "password"
GRANT_TYPE_CLIENT_CREDENTIALS = "client_credentials"
TOKEN_ENDPOINT = "/oauth2/v2.0/token"
ERROR_INVALID_TOKEN = "invalid_token"
=== iot/secrets.py
# This file is where you keep secret settings, passwords, and tokens!
# If you put them in the code you risk committing that info or sharing it
secrets = {
    'ssid': 'FRITZ!Box 7590 KX',
    'password': '⟦«digit20»⟧',
    'aio_username': 'wetterfrosch',
    'aio_key': '⟦aio_«alnum28»⟧',
    'timezone': "Europe/Berlin",
    'openweather_token': '⟦«hex32»⟧',
    'openweather_location': 'Kassel, DE',
}
=== src/server/index.ts
import express, { Request, Response } from "express";
import session from "express-session";
import jwt from "jsonwebtoken";

const app = express();
const PORT = Number(process.env.PORT ?? 3000);
const JWT_SECRET: string = process.env.JWT_SECRET || "⟦«alnum32»⟧";
const REFRESH_COOKIE = "refreshToken";

app.use(session({
  name: "sid",
  secret: ["⟦«hex48»⟧", "⟦keyboard-tiger-41⟧"],
  resave: false,
  cookie: { secure: true, maxAge: 86_400_000 },
}));

app.post("/login", async (req: Request, res: Response) => {
  const { email, password } = req.body as { email: string; password: string };
  if (!password) return res.status(400).json({ message: "Password is required" });
  const token = jwt.sign({ sub: email }, JWT_SECRET, { expiresIn: "15m" });
  res.cookie(REFRESH_COOKIE, token, { httpOnly: true });
  return res.json({ accessToken: token, tokenType: "Bearer" });
});

export type TokenPayload = { sub: string; iat: number; secretVersion?: "v1" | "v2" };
=== web/src/firebase.js
import { initializeApp } from "firebase/app";
import { getMessaging, getToken } from "firebase/messaging";

const firebaseConfig = {
  apiKey: "⟦?«googlekey»⟧",
  authDomain: "acme-shop.firebaseapp.com",
  projectId: "acme-shop",
  storageBucket: "acme-shop.appspot.com",
  messagingSenderId: "«digit12»",
  appId: "1:«digit12»:web:«hex22»",
  measurementId: "G-«upper10»",
};
const app = initializeApp(firebaseConfig);
const vapidKey = "B«url86»"; // public part
export const token = () => getToken(getMessaging(app), { vapidKey });
// legacy FCM, remove after migration
const serverKey = "⟦AAAA«alnum7»:APA91b«url134»⟧";
=== web/src/pages/Login.vue
<template>
  <form id="login-form" @submit.prevent="submit">
    <label for="password">{{ $t("login.password") }}</label>
    <input id="password" v-model="password" type="password" autocomplete="current-password" />
    <p v-if="error" class="error password-error">{{ error }}</p>
    <a class="forgot-password" href="/forgot-password?ref=login">Forgot password?</a>
  </form>
</template>
<script>
export default {
  data: () => ({ email: "", password: "", token: null, error: "" }),
  computed: { passwordStrength() { return zxcvbn(this.password).score; } },
  methods: {
    async submit() {
      const { data } = await this.$axios.post("/auth/token", { email: this.email, password: this.password });
      this.token = data.token;
      localStorage.setItem("authToken", data.token);
    },
  },
};
</script>
=== server/mailer.js
const nodemailer = require('nodemailer');
const mg = require('mailgun-js')({ apiKey: '⟦«mailgun»⟧', domain: 'mg.example.org' });

const transporter = nodemailer.createTransport({
  host: 'smtp.gmail.com',
  port: 465,
  secure: true,
  auth: {
    user: 'acme.notifications@gmail.com',
    pass: '⟦qzkd wmvh tbne yrxa⟧', // app password
  },
});

module.exports.sendReset = (user, resetToken) => transporter.sendMail({
  from: '"Acme" <noreply@example.org>',
  to: user.email,
  subject: 'Reset your password',
  html: `<a href="https://app.example.org/reset?token=${resetToken}">Reset password</a>`,
});
module.exports.messages = {
  wrongPassword: 'The password you entered is wrong.',
  tokenExpired: 'This link has expired, please request a new one.',
};
=== server/db.js
const mysql = require('mysql2');
const mongoose = require('mongoose');

const pool = mysql.createPool({
  connectionLimit: 10,
  host: process.env.DB_HOST || 'localhost',
  user: process.env.DB_USER || 'root',
  password: process.env.DB_PASS || '⟦mysqlroot#9⟧',
  database: 'inventory',
});

mongoose.connect('mongodb+srv://appuser:⟦«alnum16»⟧@cluster0.«lower5».mongodb.net/inventory?retryWrites=true&w=majority');
// mongoose.connect(`mongodb://${user}:${pass}@localhost:27017/inventory`);
const UserSchema = new mongoose.Schema({
  email: { type: String, unique: true },
  password: { type: String, required: true, minlength: 8, select: false },
  resetToken: String,
  apiKey: { type: String, default: () => uuid.v4() },
});
UserSchema.path('password').validate(v => /(?=.*\d)(?=.*[a-z])(?=.*[A-Z]).{8,}/.test(v), 'Password too weak');
=== e2e/login.spec.ts
import { test, expect } from "@playwright/test";

const USER = "e2e.tester@example.org";
const PASS = "⟦«pw»⟧";

test("shows an error on a wrong password", async ({ page }) => {
  await page.goto("/login");
  await page.fill("#email", USER);
  await page.fill("#password", "wrong password");
  await page.click("text=Sign in");
  await expect(page.locator(".toast")).toHaveText("Invalid email or password");
});

test("logs in", async ({ page }) => {
  await page.fill("[data-test=email]", USER);
  await page.fill("[data-test=password]", PASS);
  await page.getByLabel("Password").press("Enter");
  await expect(page).toHaveURL(/dashboard\?tab=tokens/);
});

test("admin", async ({ page }) => {
  await login(page, "admin@example.org", "⟦AdminE2E!2022⟧");
  await expect(page.getByTestId("api-key-list")).toBeVisible();
});
=== packages/sdk/src/__tests__/client.test.ts
import { Client, AuthError } from "../client";

describe("Client", () => {
  const apiKey = "sk_test_123";
  const token = "tok_abc";

  it("sends the bearer token", async () => {
    const client = new Client({ apiKey: "abc", token });
    fetchMock.expect("Authorization", "Bearer tok_abc");
    await client.me();
  });

  it("throws AuthError when the secret is missing", () => {
    expect(() => new Client({ apiKey, secret: "" })).toThrow("secret is required");
    expect(() => new Client({ apiKey, secret: undefined as any })).toThrow(AuthError);
  });

  it("redacts", () => {
    expect(redact("password=hello")).toBe("password=[REDACTED]");
    expect(redact("token: xxxxxxxx")).toMatchInlineSnapshot(`"token: [REDACTED]"`);
  });

  it("signs like the server", () => {
    expect(sign("body", "key")).toBe("«hex64»");
  });
});
=== packages/web/.env.development
VITE_API_URL=http://localhost:8080
VITE_MAPS_KEY=⟦?«googlekey»⟧
VITE_STRIPE_PK=pk_test_«alnum24»
VITE_FEATURE_PASSWORDLESS=true
VITE_AUTH0_CLIENT_ID=«alnum32»
VITE_AUTH0_DOMAIN=acme.eu.auth0.com
AUTH0_CLIENT_SECRET=⟦«url64»⟧
SENTRY_AUTH_TOKEN=⟦sntrys_«url120»⟧
COMMIT_SHA=«hex40»
TOKEN_STORAGE=localStorage
SESSION_COOKIE_NAME=acme_session
=== next.config.js
/** @type {import('next').NextConfig} */
module.exports = {
  env: {
    NEXT_PUBLIC_RECAPTCHA_SITE_KEY: "6L«url38»",
    RECAPTCHA_SECRET_KEY: "⟦6L«url38»⟧",
    CONTENTFUL_SPACE_ID: "«lower12»",
    CONTENTFUL_ACCESS_TOKEN: "⟦«url43»⟧",
    CONTENTFUL_PREVIEW_TOKEN: process.env.CONTENTFUL_PREVIEW_TOKEN,
    NEXTAUTH_URL: "https://www.example.org",
    NEXTAUTH_SECRET: process.env.NEXTAUTH_SECRET ?? "",
    BUILD_ID: "«hex20»",
  },
  images: { domains: ["images.ctfassets.net"] },
  async headers() {
    return [{ source: "/(.*)", headers: [{ key: "X-Frame-Options", value: "DENY" }, { key: "Content-Security-Policy", value: "script-src 'sha256-«b64_43»='" }] }];
  },
};
=== src/store/auth.reducer.ts
export enum AuthActionTypes {
  LOGIN = "[Auth] Login",
  SET_TOKEN = "[Auth] Set Token",
  RESET_PASSWORD = "[Auth] Reset Password",
  RESET_PASSWORD_FAILURE = "[Auth] Reset Password Failure",
  ROTATE_API_KEY = "[Auth] Rotate Api Key",
}
export interface AuthState {
  token: string | null;
  refreshToken?: string;
  passwordChangedAt: Date | undefined;
  secretQuestion: "mother" | "pet" | "school";
}
export const initialState: AuthState = { token: null, passwordChangedAt: undefined, secretQuestion: "pet" };
export const TOKEN_KEY = "acme.auth.token";
export const PASSWORD_MIN_LENGTH = 12;
export const selectToken = (s: AuthState) => s.token;
const passwordControl = new FormControl("", [Validators.required, Validators.minLength(PASSWORD_MIN_LENGTH)]);
=== src/api/http.ts
import axios from "axios";
export const http = axios.create({ baseURL: "/api", xsrfCookieName: "XSRF-TOKEN", xsrfHeaderName: "X-XSRF-TOKEN" });

http.interceptors.request.use((config) => {
  const token = sessionStorage.getItem("access_token");
  if (token) config.headers.Authorization = `Bearer ${token}`;
  return config;
});
// TODO move to backend!!
export const weather = () => axios.get("https://weather.example.org/now", { params: { appid: "⟦«hex32»⟧", q: "Graz" } });
export const legacy = axios.create({
  baseURL: "https://legacy.example.org",
  auth: { username: "webshop", password: "⟦«person»⟧" },
  headers: { "x-functions-key": "⟦«b64_54»==⟧", "x-request-id": "«uuid»" },
});
=== public/index.html
<!DOCTYPE html>
<html lang="en">
<head>
  <meta name="csrf-token" content="{{ csrf_token() }}">
  <meta name="google-site-verification" content="«url43»">
  <link rel="stylesheet" href="/css/app.css?id=«hex20»" integrity="«sha512»" crossorigin="anonymous">
  <script src="https://maps.googleapis.com/maps/api/js?key=⟦?«googlekey»⟧&callback=initMap" async></script>
  <script src="https://js.example.org/v3/?nonce=«alnum16»"></script>
</head>
<body>
  <div id="password-reset-modal" class="modal secret-panel" data-token-url="/token/refresh">
    <input type="hidden" name="authenticity_token" value="<%= form_authenticity_token %>">
    <input type="password" name="password" placeholder="Your password" pattern="(?=.*[0-9]).{8,}">
    <input type="password" name="password_confirmation" placeholder="Repeat password" value="">
    <button id="btn-show-password" aria-label="Show password">Show</button>
  </div>
  <script>window.__CFG__ = {"apiBase":"/api","tokenHeader":"X-Auth-Token","algoliaAppId":"«upper10»"};</script>
</body>
</html>
=== static/js/legacy-admin.js
// admin login, don't tell anyone :-)
function checkLogin() {
  var user = document.getElementById('user').value;
  var pw = document.getElementById('pw').value;
  if (user === 'chef' && pw === '⟦«person»⟧') {
    document.location = 'admin_7d.html';
  } else {
    alert('Falsches Passwort!');
  }
}
$.ajaxSetup({ headers: { 'X-CSRF-TOKEN': $('meta[name="csrf-token"]').attr('content') } });
$.post('api.php', { action: 'list', key: '⟦«alnum20»⟧' }, function (d) { render(d); });
var passwordField = $('#password');
if (passwordField.val() == '') { passwordField.addClass('has-error'); }
=== src/main/java/org/example/shop/config/DataSourceConfig.java
package org.example.shop.config;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.beans.factory.annotation.Value;

@Configuration
public class DataSourceConfig {
    private static final String DEFAULT_PASSWORD = "⟦«strong»⟧";
    private static final String PASSWORD_PROPERTY = "spring.datasource.password";

    @Value("${spring.datasource.password:#{null}}")
    private String password;

    @Value("${shop.api.token}")
    private String apiToken;

    @Bean
    public DataSource dataSource() {
        HikariDataSource ds = new HikariDataSource();
        ds.setJdbcUrl("jdbc:oracle:thin:shop/⟦«alnum12»⟧@«host»:1521:ORCL");
        ds.setUsername("shop");
        ds.setPassword(password != null ? password : DEFAULT_PASSWORD);
        ds.addDataSourceProperty("cachePrepStmts", "true");
        return ds;
    }

    @Bean
    public PasswordEncoder passwordEncoder() {
        return new BCryptPasswordEncoder();
    }
}
=== src/main/java/org/example/shop/util/Crypto.java
package org.example.shop.util;

import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

public final class Crypto {
    private static final String ALGO = "AES/CBC/PKCS5Padding";
    private static final String KEY = "⟦«alnum16»⟧";
    private static final byte[] SALT = "⟦?s4ltys4lt⟧".getBytes();
    private static final long serialVersionUID = -«digit18»L;

    public static SecretKeySpec secretKey() {
        return new SecretKeySpec(KEY.getBytes(StandardCharsets.UTF_8), "AES");
    }

    public static KeyStore load() throws Exception {
        KeyStore ks = KeyStore.getInstance("JKS");
        ks.load(Crypto.class.getResourceAsStream("/keystore.jks"), "⟦changeit2much⟧".toCharArray());
        return ks;
    }

    /** Decrypts the password. */
    public static String decryptPassword(String encryptedPassword) {
        if (encryptedPassword == null) throw new IllegalArgumentException("encryptedPassword must not be null");
        return new String(cipher(Cipher.DECRYPT_MODE).doFinal(Base64.getDecoder().decode(encryptedPassword)));
    }
}
=== src/test/java/org/example/shop/LoginControllerTest.java
package org.example.shop;

class LoginControllerTest {
    private static final String USERNAME = "user";
    private static final String PASSWORD = "password";

    @Test
    void shouldRejectInvalidToken() throws Exception {
        mvc.perform(get("/me").header("Authorization", "Bearer invalid.token.here"))
            .andExpect(status().isUnauthorized())
            .andExpect(jsonPath("$.message").value("Token is invalid or expired"));
    }

    @Test
    @WithMockUser(username = USERNAME, password = PASSWORD, roles = "ADMIN")
    void shouldChangePassword() throws Exception {
        mvc.perform(post("/password").param("oldPassword", "old").param("newPassword", "new"))
            .andExpect(status().isNoContent());
        verify(encoder).encode("new");
    }

    @Test
    void liveTokenStillWorks() {
        var token = "⟦«jwt»⟧";
        assertThat(parser.parse(token).getSubject()).isEqualTo("42");
    }

    @MockBean private TokenService tokenService;
    @Captor private ArgumentCaptor<PasswordResetToken> tokenCaptor;
}
=== src/main/java/org/example/api/ErrorCodes.java
package org.example.api;

public enum ErrorCodes {
    INVALID_PASSWORD("AUTH-001", "Invalid password"),
    PASSWORD_EXPIRED("AUTH-002", "Password has expired"),
    TOKEN_MISSING("AUTH-003", "No token was provided"),
    TOKEN_SIGNATURE("AUTH-004", "Token signature does not match"),
    API_KEY_REVOKED("AUTH-005", "API key was revoked"),
    SECRET_TOO_SHORT("AUTH-006", "Secret must have at least 32 bytes");

    private final String code;
    private final String message;

    ErrorCodes(String code, String message) {
        this.code = code;
        this.message = message;
    }

    public static final String KEY_PASSWORD = "password";
    public static final String HEADER_API_KEY = "X-API-KEY";
    public static final String QUALIFIER_TOKEN_STORE = "redisTokenStore";
}
=== src/main/resources/application-dev.properties
server.port=8081
spring.datasource.url=jdbc:mysql://localhost:3306/praxis?useSSL=false
spring.datasource.username=praxis
spring.datasource.password=⟦praxis⟧
spring.datasource.driver-class-name=com.mysql.cj.jdbc.Driver
spring.mail.password=${SMTP_PASSWORD:}
spring.security.user.name=admin
spring.security.user.password=⟦«person»⟧
app.jwt.secret=⟦«b64_86»==⟧
app.jwt.expiration-ms=86400000
app.jwt.header=Authorization
app.jwt.token-prefix=Bearer
app.password.reset.token.validity=24h
app.password.policy.min-length=10
cloud.aws.credentials.access-key=${AWS_ACCESS_KEY_ID}
cloud.aws.credentials.secret-key=${AWS_SECRET_ACCESS_KEY}
eureka.client.service-url.defaultZone=http://eureka:⟦«alnum12»⟧@localhost:8761/eureka/
jasypt.encryptor.password=⟦«lower16»⟧
legacy.db.password=ENC(«b64_43»=)
management.endpoint.env.keys-to-sanitize=password,secret,key,token
=== src/main/resources/messages_de.properties
login.username=Benutzername
login.password=Passwort
login.password.forgotten=Passwort vergessen?
login.error.password=Benutzername oder Passwort ist falsch.
account.password.new=Neues Passwort
account.password.repeat=Passwort wiederholen
account.password.rule=Mindestens 8 Zeichen, davon eine Ziffer
account.token.title=Zugriffsschlüssel
account.token.created=Der Schlüssel {0} wurde angelegt.
account.apiKey=API-Schlüssel
account.secret=Geheimnis
account.secret.hint=Wird nur einmal angezeigt
mail.reset.subject=Kennwort zurücksetzen
=== pom.xml
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId>
  <artifactId>token-service</artifactId>
  <properties>
    <db.url>jdbc:postgresql://localhost/tokens</db.url>
    <db.password>⟦?tokens⟧</db.password>
    <sonar.login>⟦«hex40»⟧</sonar.login>
    <jwt.version>0.11.5</jwt.version>
    <keystore.password>${env.KEYSTORE_PASSWORD}</keystore.password>
  </properties>
  <build>
    <plugins>
      <plugin>
        <artifactId>maven-jarsigner-plugin</artifactId>
        <configuration>
          <alias>release</alias>
          <storepass>⟦«person»⟧</storepass>
          <keypass>{«b64_43»=}</keypass>
        </configuration>
      </plugin>
      <plugin>
        <artifactId>flyway-maven-plugin</artifactId>
        <configuration><user>flyway</user><password>⟦«strong»⟧</password></configuration>
      </plugin>
    </plugins>
  </build>
</project>
=== ci/settings.xml
<settings>
  <servers>
    <server>
      <id>nexus-releases</id>
      <username>deployment</username>
      <password>⟦«alnum20»⟧</password>
    </server>
    <server>
      <id>nexus-snapshots</id>
      <username>${env.NEXUS_USER}</username>
      <password>${env.NEXUS_PASSWORD}</password>
    </server>
    <server>
      <id>github</id>
      <username>acme-bot</username>
      <password>⟦«ghp»⟧</password>
    </server>
    <server>
      <id>encrypted</id>
      <password>{«b64_62»==}</password>
    </server>
  </servers>
  <mirrors>
    <mirror><id>central</id><url>https://repo.example.org/maven</url><mirrorOf>*</mirrorOf></mirror>
  </mirrors>
</settings>
=== gradle.properties
org.gradle.jvmargs=-Xmx4g
org.gradle.caching=true
android.useAndroidX=true
kotlin.code.style=official
RELEASE_STORE_FILE=release.jks
RELEASE_STORE_PASSWORD=⟦«person#1»⟧
RELEASE_KEY_ALIAS=upload
RELEASE_KEY_PASSWORD=⟦«person#1»⟧
signing.keyId=«HEX8»
signing.password=⟦«strong»⟧
signing.secretKeyRingFile=/home/build/.gnupg/secring.gpg
mavenCentralUsername=«alnum8»
mavenCentralPassword=⟦«b64_44»⟧
MAPBOX_DOWNLOADS_TOKEN=⟦sk.eyJ1Ijoi«alnum60».«url22»⟧
tokenLibVersion=2.3.1
=== app/build.gradle.kts
plugins {
    id("com.android.application")
}
val keystoreProps = Properties().apply { load(rootProject.file("keystore.properties").inputStream()) }

android {
    namespace = "org.example.runner"
    defaultConfig {
        applicationId = "org.example.runner"
        buildConfigField("String", "API_KEY", "\"⟦«alnum32»⟧\"")
        buildConfigField("String", "API_URL", "\"https://api.example.org\"")
        buildConfigField("String", "TOKEN_HEADER", "\"X-Auth-Token\"")
        manifestPlaceholders["mapsKey"] = System.getenv("MAPS_KEY") ?: ""
    }
    signingConfigs {
        create("release") {
            storeFile = file("runner.jks")
            storePassword = keystoreProps["storePassword"] as String
            keyAlias = "runner"
            keyPassword = "⟦laufschuh42⟧"
        }
        getByName("debug") {
            storePassword = "⟦?android⟧"
            keyPassword = "⟦?android⟧"
        }
    }
}
=== app/src/main/java/org/example/runner/net/ApiClient.kt
package org.example.runner.net

import okhttp3.Credentials
import okhttp3.Interceptor

object ApiClient {
    private const val CLIENT_ID = "runner-android"
    private const val CLIENT_SECRET = "⟦«url40»⟧"
    const val PREF_TOKEN = "pref_token"
    const val EXTRA_PASSWORD = "org.example.runner.EXTRA_PASSWORD"

    private val auth = Interceptor { chain ->
        val token = prefs.getString(PREF_TOKEN, null)
        chain.proceed(chain.request().newBuilder().header("Authorization", "Bearer $token").build())
    }
    private val basic = Credentials.basic("runner", "⟦«person»⟧")

    suspend fun login(email: String, password: String): Result<Token> =
        runCatching { api.token(GrantType.PASSWORD, email, password, CLIENT_ID, CLIENT_SECRET) }

    data class Token(val accessToken: String, val refreshToken: String? = null, val tokenType: String = "Bearer")
    val pinner = CertificatePinner.Builder().add("api.example.org", "sha256/«b64_43»=").build()
}
=== app/src/main/res/values/strings.xml
<?xml version="1.0" encoding="utf-8"?>
<resources>
    <string name="app_name">Runner</string>
    <string name="password">Password</string>
    <string name="prompt_password">Enter your password</string>
    <string name="error_incorrect_password">This password is incorrect</string>
    <string name="error_token">Your token is no longer valid</string>
    <string name="google_maps_key" templateMergeStrategy="preserve" translatable="false">⟦?«googlekey»⟧</string>
    <string name="facebook_app_id">«digit16»</string>
    <string name="facebook_client_token">⟦?«hex32»⟧</string>
    <string name="pref_key_api_token">api_token</string>
    <string name="onesignal_rest_key">⟦«b64_48»⟧</string>
    <string name="secret_menu_title">Secret menu</string>
    <string name="default_web_client_id">«digit12»-«lower32».apps.googleusercontent.com</string>
</resources>
=== app/google-services.json
{
  "project_info": {
    "project_number": "«digit12»",
    "firebase_url": "https://runner-«hex5».firebaseio.com",
    "project_id": "runner-«hex5»"
  },
  "client": [
    {
      "client_info": {
        "mobilesdk_app_id": "1:«digit12»:android:«hex22»",
        "android_client_info": { "package_name": "org.example.runner" }
      },
      "oauth_client": [
        {
          "client_id": "«digit12»-«lower32».apps.googleusercontent.com",
          "client_type": 1,
          "android_info": { "certificate_hash": "«hex40»" }
        }
      ],
      "api_key": [ { "current_key": "⟦?«googlekey»⟧" } ]
    }
  ],
  "configuration_version": "1"
}
=== Sources/App/configure.swift
import Vapor
import Fluent
import FluentPostgresDriver

public func configure(_ app: Application) throws {
    app.databases.use(.postgres(
        hostname: Environment.get("DATABASE_HOST") ?? "localhost",
        username: Environment.get("DATABASE_USERNAME") ?? "vapor_username",
        password: Environment.get("DATABASE_PASSWORD") ?? "⟦?vapor_password⟧",
        database: Environment.get("DATABASE_NAME") ?? "vapor_database"
    ), as: .psql)
    app.jwt.signers.use(.hs256(key: "⟦«strong»⟧"))
    app.apns.configuration = try .init(
        authenticationMethod: .jwt(key: .private(filePath: "AuthKey_«upper10».p8"), keyIdentifier: "«upper10»", teamIdentifier: "«upper10»"),
        topic: "org.example.app", environment: .production)
    app.migrations.add(CreateUserToken())
    app.passwords.use(.bcrypt(cost: 12))
}
=== ios/Runner/Constants.swift
import Foundation

enum Constants {
    static let apiBase = URL(string: "https://api.example.org/v3")!
    static let mixpanelToken = "⟦?«hex32»⟧"
    static let apiSecret: String = "⟦«hex64»⟧"
    static let keychainService = "org.example.runner.token"
    static let passwordRegex = "^(?=.*[A-Z])(?=.*[0-9]).{8,}$"
    static let passwordPlaceholder = NSLocalizedString("password.placeholder", comment: "Password")
}

final class Login {
    @IBOutlet private weak var passwordField: UITextField!
    private var token: String?

    func submit() {
        guard let password = passwordField.text, !password.isEmpty else { return show("Please enter a password") }
        #if DEBUG
        api.login(user: "tester@example.org", password: password.isEmpty ? "⟦Tester!2345⟧" : password)
        #else
        api.login(user: userField.text ?? "", password: password)
        #endif
    }
}
=== ios/Runner/Info.plist
<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0">
<dict>
  <key>CFBundleIdentifier</key>
  <string>org.example.runner</string>
  <key>GMSApiKey</key>
  <string>⟦?«googlekey»⟧</string>
  <key>AppSecret</key>
  <string>⟦«hex32»⟧</string>
  <key>NSFaceIDUsageDescription</key>
  <string>Unlock the app without your password</string>
  <key>FacebookAppID</key>
  <string>«digit16»</string>
  <key>PasswordAutofill</key>
  <true/>
  <key>ApiToken</key>
  <string>$(API_TOKEN)</string>
</dict>
</plist>
=== src/Acme.Web/appsettings.json
{
  "Logging": { "LogLevel": { "Default": "Information" } },
  "ConnectionStrings": {
    "Default": "Server=tcp:acme-sql.database.windows.net,1433;Initial Catalog=acme;User ID=acmeadmin;Password=⟦«strong»⟧;Encrypt=True;",
    "Storage": "DefaultEndpointsProtocol=https;AccountName=acmefiles;AccountKey=⟦«azurekey»⟧;EndpointSuffix=core.windows.net",
    "Local": "Server=(localdb)\\mssqllocaldb;Database=acme;Trusted_Connection=True",
    "Bus": "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=⟦«b64_43»=⟧"
  },
  "AzureAd": {
    "Instance": "https://login.microsoftonline.com/",
    "TenantId": "«uuid»",
    "ClientId": "«uuid»",
    "ClientSecret": "⟦«alnum3»8Q~«url34»⟧",
    "CallbackPath": "/signin-oidc"
  },
  "Jwt": { "Key": "⟦ThisIsMyVerySecretKeyForAcme2021!⟧", "Issuer": "https://acme.example.org", "Audience": "acme" },
  "PasswordOptions": { "RequiredLength": 10, "RequireDigit": true },
  "ApplicationInsights": { "InstrumentationKey": "⟦?«uuid»⟧" },
  "KeyVault": { "Uri": "https://acme-kv.vault.azure.net/", "SecretName": "acme-sql-password" }
}
=== src/Acme.Web/Startup.cs
using Microsoft.AspNetCore.Identity;

namespace Acme.Web
{
    public class Startup
    {
        private const string SecretKey = "⟦«alnum40»⟧";
        public const string PasswordPolicy = "PasswordPolicy";
        private const string ApiKeyHeaderName = "X-Api-Key";

        public void ConfigureServices(IServiceCollection services)
        {
            services.Configure<IdentityOptions>(o => { o.Password.RequiredLength = 8; o.Password.RequireDigit = true; });
            services.AddAuthentication().AddGoogle(o =>
            {
                o.ClientId = "«digit12»-«lower32».apps.googleusercontent.com";
                o.ClientSecret = "⟦GOCSPX-«url28»⟧";
            });
            services.AddAuthentication().AddFacebook(o =>
            {
                o.AppId = Configuration["Facebook:AppId"];
                o.AppSecret = Configuration["Facebook:AppSecret"];
            });
            var cert = new X509Certificate2("acme.pfx", "⟦«person»⟧");
            var token = Configuration.GetValue<string>("Token") ?? throw new InvalidOperationException("Token missing");
        }
    }
}
=== src/Acme.Web/Data/SeedData.cs
namespace Acme.Web.Data;

public static class SeedData
{
    public static async Task Initialize(UserManager<AppUser> users)
    {
        var admin = new AppUser { UserName = "admin@acme.example.org", SecurityStamp = Guid.NewGuid().ToString("D") };
        var result = await users.CreateAsync(admin, "⟦Adm!n-Acme-2020⟧");
        if (!result.Succeeded)
            throw new Exception("Could not create admin: " + result.Errors.First().Description);
        await users.CreateAsync(new AppUser { UserName = "demo" }, "⟦?Demo123!⟧");
        await users.SetAuthenticationTokenAsync(admin, "Acme", "RefreshToken", null);
    }
}
=== src/Acme.Web/Web.config
<?xml version="1.0"?>
<configuration>
  <connectionStrings>
    <add name="Main" connectionString="Data Source=SQL01;Initial Catalog=Acme;User Id=sa;Password=⟦«strong»⟧" providerName="System.Data.SqlClient" />
    <add name="Trusted" connectionString="Data Source=SQL01;Initial Catalog=Acme;Integrated Security=SSPI" />
  </connectionStrings>
  <appSettings>
    <add key="webpages:Version" value="3.0.0.0" />
    <add key="SmtpPassword" value="⟦«person»⟧" />
    <add key="TokenLifetimeMinutes" value="60" />
    <add key="PasswordResetUrl" value="https://acme.example.org/reset" />
    <add key="TwilioAccountSid" value="«twiliosid»" />
    <add key="TwilioAuthToken" value="⟦«hex32»⟧" />
    <add key="EncryptionKey" value="#{EncryptionKey}#" />
  </appSettings>
  <system.web>
    <machineKey validationKey="⟦«HEX128»⟧" decryptionKey="⟦«HEX64»⟧" validation="HMACSHA256" decryption="AES" />
    <compilation targetFramework="4.7.2" />
    <identity impersonate="true" userName="ACME\svc-web" password="⟦«alnum14»⟧" />
  </system.web>
  <dependentAssembly><assemblyIdentity name="Newtonsoft.Json" publicKeyToken="30ad4fe6b2a6aeed" culture="neutral" /></dependentAssembly>
</configuration>
=== src/Acme.Tests/TokenServiceTests.cs
namespace Acme.Tests;

public class TokenServiceTests
{
    private const string Secret = "this-is-a-fake-secret-for-unit-tests";
    private readonly TokenService _sut = new(Options.Create(new JwtOptions { Secret = Secret }));

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("not a token")]
    public void Validate_InvalidToken_ReturnsFalse(string token) => Assert.False(_sut.Validate(token));

    [Fact]
    public void Create_SetsTokenType()
    {
        var token = _sut.Create(new User { Name = "bob", PasswordHash = "hash" });
        Assert.Equal("Bearer", token.TokenType);
        Assert.NotEqual(Guid.Parse("«uuid»"), token.Id);
    }

    [Fact(Skip = "needs network")]
    public async Task Integration() =>
        await new AcmeClient("https://test.example.org", "integration", "⟦«pw»⟧").PingAsync();
}
=== NuGet.Config
<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <packageSources>
    <add key="acme" value="https://pkgs.dev.azure.com/acme/_packaging/acme/nuget/v3/index.json" />
    <add key="github" value="https://nuget.pkg.github.com/acme/index.json" />
  </packageSources>
  <packageSourceCredentials>
    <acme>
      <add key="Username" value="any" />
      <add key="ClearTextPassword" value="⟦«lower52»⟧" />
    </acme>
    <github>
      <add key="Username" value="acme-bot" />
      <add key="ClearTextPassword" value="%GITHUB_TOKEN%" />
    </github>
  </packageSourceCredentials>
  <apikeys>
    <add key="https://www.nuget.org/api/v2/package" value="AQAAANCMnd8BFdERjHoAwE/Cl+sBAAAA«b64_80»" />
  </apikeys>
</configuration>
=== cmd/server/main.go
package main

import (
	"database/sql"
	"flag"
	"os"
)

const (
	defaultDSN = "postgres://inventory:⟦«alnum18»⟧@«host»:5432/inventory?sslmode=require"
	tokenTTL   = 15 * time.Minute
	cookieName = "inventory_token"
)

var (
	adminPassword = flag.String("admin-password", "", "password of the admin user")
	hmacKey       = []byte("⟦«alnum32»⟧")
	apiToken      = os.Getenv("API_TOKEN")
	ErrBadToken   = errors.New("token: bad signature")
)

func main() {
	flag.Parse()
	if *adminPassword == "" {
		log.Fatal("-admin-password is required")
	}
	dsn := defaultDSN
	if v, ok := os.LookupEnv("DATABASE_URL"); ok {
		dsn = v
	}
	rdb := redis.NewClient(&redis.Options{Addr: "redis:6379", Password: "⟦«person»⟧", DB: 0})
	_ = sessions.NewCookieStore(securecookie.GenerateRandomKey(32))
}
=== internal/auth/auth_test.go
package auth

func TestCheckPassword(t *testing.T) {
	tests := []struct {
		name     string
		password string
		wantErr  bool
	}{
		{"empty password", "", true},
		{"too short", "abc", true},
		{"no digit", "abcdefghij", true},
		{"ok", "abcdefgh1J", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := CheckPassword(tt.password); (err != nil) != tt.wantErr {
				t.Errorf("CheckPassword(%q) error = %v", tt.password, err)
			}
		})
	}
}

func TestParseToken(t *testing.T) {
	token := "header.payload.signature"
	if _, err := ParseToken(token, []byte("secret")); err == nil {
		t.Fatal("want error for malformed token")
	}
}

const testKeyPEM = `⟦«ec»⟧`

var wantSum = "«hex64»"
=== internal/mail/send.go
package mail

import "net/smtp"

type Config struct {
	Host     string `yaml:"host"`
	User     string `yaml:"user"`
	Password string `yaml:"password" env:"SMTP_PASSWORD"`
	APIKey   string `json:"api_key,omitempty"`
}

func (c Config) auth() smtp.Auth {
	return smtp.PlainAuth("", c.User, c.Password, c.Host)
}

func sendAlert(body []byte) error {
	a := smtp.PlainAuth("", "alerts@example.org", "⟦«strong»⟧", "smtp.example.org")
	return smtp.SendMail("smtp.example.org:587", a, "alerts@example.org", []string{"ops@example.org"}, body)
}

func page(msg string) error {
	req, _ := http.NewRequest("POST", "https://events.example.org/v2/enqueue", nil)
	req.Header.Set("Authorization", "Token token=⟦«alnum20»⟧")
	req.Header.Set("X-Request-Id", "«uuid»")
	req.SetBasicAuth(os.Getenv("PAGER_USER"), os.Getenv("PAGER_PASSWORD"))
	return fmt.Errorf("page %q: token rejected", msg)
}
=== go.sum
github.com/golang-jwt/jwt/v5 v5.2.0 h1:«b64_43»=
github.com/golang-jwt/jwt/v5 v5.2.0/go.mod h1:«b64_43»=
github.com/google/uuid v1.6.0 h1:«b64_43»=
github.com/hashicorp/vault/api v1.12.0 h1:«b64_43»=
github.com/hashicorp/vault/api v1.12.0/go.mod h1:«b64_43»=
github.com/sethvargo/go-password v0.2.0 h1:«b64_43»=
golang.org/x/crypto v0.19.0 h1:«b64_43»=
=== app/controllers/sessions_controller.rb
class SessionsController < ApplicationController
  skip_before_action :verify_authenticity_token, only: :create
  http_basic_authenticate_with name: "intern", password: "⟦«person»⟧", only: :index

  def create
    user = User.find_by(email: params[:email])
    if user&.authenticate(params[:password])
      session[:token] = user.regenerate_auth_token
      redirect_to root_path, notice: "Welcome back"
    else
      flash.now[:alert] = "Invalid email or password"
      render :new
    end
  end

  private

  def session_params
    params.require(:session).permit(:email, :password, :otp_token)
  end
end
=== config/initializers/devise.rb
Devise.setup do |config|
  # The secret key used by Devise. Changing this key will render invalid all
  # existing confirmation, reset password and unlock tokens in the database.
  config.secret_key = '⟦«hex128»⟧'
  # config.secret_key = '⟦?«hex128»⟧'
  config.mailer_sender = 'please-change-me@example.org'
  config.password_length = 8..128
  config.reset_password_within = 6.hours
  config.reset_password_keys = [:email]
  config.pepper = Rails.application.credentials.devise_pepper
  config.omniauth :github, 'Iv1.«hex16»', '⟦«hex40»⟧', scope: 'user,public_repo'
  config.omniauth :google_oauth2, ENV['GOOGLE_CLIENT_ID'], ENV['GOOGLE_CLIENT_SECRET']
  config.token_lookup_key = "X-User-Token"
end
=== db/seeds.rb
admin = User.create!(email: "admin@example.org", password: "⟦Seed-Adm1n⟧", password_confirmation: "⟦Seed-Adm1n⟧", role: :admin)
10.times do |i|
  User.create!(email: "user#{i}@example.org", password: Faker::Internet.password(min_length: 10))
end
ApiClient.create!(name: "mobile", token: "⟦«hex40»⟧", admin: false)
Setting.set("password_expiry_days", 90)
Setting.set("token_format", "uuid")
puts "Seeded #{User.count} users, passwords are in the vault"
=== spec/factories/users.rb
FactoryBot.define do
  factory :user do
    sequence(:email) { |n| "user#{n}@example.com" }
    password { "password" }
    password_confirmation { password }
    reset_password_token { nil }
    trait :with_token do
      auth_token { SecureRandom.hex(20) }
      encrypted_password { "encrypted" }
    end
    trait :sso do
      provider { "saml" }
      uid { "«uuid»" }
    end
  end
end
=== config/deploy.rb
lock "~> 3.17"
set :application, "portal"
set :repo_url, "https://x-access-token:⟦«ghs»⟧@github.com/acme/portal.git"
set :linked_files, %w[config/database.yml config/master.key]
set :ssh_options, { user: "deploy", keys: %w[~/.ssh/id_rsa], password: "⟦«pw»⟧" }
set :default_env, { "RAILS_ENV" => "production", "SECRET_KEY_BASE" => ENV["SECRET_KEY_BASE"] }
set :rollbar_token, "⟦«hex32»⟧"
set :rollbar_env, proc { fetch :stage }
set :keep_releases, 5
ask(:sudo_password, nil, echo: false)
=== db/migrate/20230411093012_add_tokens.rb
class AddTokens < ActiveRecord::Migration[7.0]
  def up
    add_column :users, :api_token, :string, limit: 64
    add_column :users, :password_digest, :string, null: false, default: ""
    add_column :users, :reset_password_token, :string
    add_index :users, :reset_password_token, unique: true, name: "index_users_on_reset_password_token"
    execute "CREATE ROLE reporting LOGIN PASSWORD '⟦«person»⟧'"
    execute "COMMENT ON COLUMN users.api_token IS 'sha256 of the token'"
  end

  def down
    remove_column :users, :api_token
    execute "DROP ROLE reporting"
  end
end
=== wp-config.php
<?php
define( 'DB_NAME', 'wp_acme' );
define( 'DB_USER', 'wp_acme' );
define( 'DB_PASSWORD', '⟦«strong»⟧' );
define( 'DB_HOST', 'localhost' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'AUTH_KEY',         '⟦«sym64»⟧' );
define( 'SECURE_AUTH_KEY',  '⟦«sym64»⟧' );
define( 'LOGGED_IN_KEY',    'put your unique phrase here' );
define( 'NONCE_KEY',        'put your unique phrase here' );
define( 'AUTH_SALT',        '⟦«sym64»⟧' );
$table_prefix = 'wp_';
define( 'WP_DEBUG', false );
define( 'FTP_USER', 'acme' );
define( 'FTP_PASS', '⟦«person»⟧' );
define( 'SMTP_PASS', getenv( 'SMTP_PASS' ) );
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
=== app/Http/Controllers/AuthController.php
<?php

namespace App\Http\Controllers;

class AuthController extends Controller
{
    const TOKEN_NAME = 'personal-access-token';
    protected $hidden = ['password', 'remember_token', 'api_token'];

    public function login(Request $request)
    {
        $request->validate(['email' => 'required|email', 'password' => 'required|string|min:8|confirmed']);
        if (!Auth::attempt($request->only('email', 'password'))) {
            return response()->json(['message' => 'The provided password is incorrect.'], 401);
        }
        $token = $request->user()->createToken(self::TOKEN_NAME)->plainTextToken;
        return ['access_token' => $token, 'token_type' => 'Bearer'];
    }

    public function webhook(Request $request)
    {
        abort_unless(hash_equals('⟦«stripehook»⟧', $request->header('X-Secret')), 403);
        $master = md5($request->input('pw')) === '⟦?«hex32»⟧';
    }
}
=== config/services.php
<?php

return [
    'mailgun' => [
        'domain' => env('MAILGUN_DOMAIN'),
        'secret' => env('MAILGUN_SECRET', '⟦«mailgun»⟧'),
        'endpoint' => 'api.eu.mailgun.net',
    ],
    'postmark' => ['token' => env('POSTMARK_TOKEN')],
    'ses' => [
        'key' => env('AWS_ACCESS_KEY_ID'),
        'secret' => env('AWS_SECRET_ACCESS_KEY'),
        'region' => env('AWS_DEFAULT_REGION', 'us-east-1'),
    ],
    'paypal' => [
        'client_id' => 'A«url79»',
        'secret' => '⟦E«url79»⟧',
        'settings' => ['mode' => 'sandbox', 'log.FileName' => storage_path('logs/paypal.log')],
    ],
    'sms' => ['url' => 'https://sms.example.org/send?user=acme&pass=⟦«alnum10»⟧&to=', 'password_field' => 'pass'],
];
=== includes/conn.inc.php
<?
error_reporting(0);
$dbhost = "localhost";
$dbuser = "web_usr1";
$dbpasswd = "⟦«lower8»⟧";
//$dbpasswd = "";
$link = mysql_connect($dbhost, $dbuser, $dbpasswd) or die("Could not connect, wrong password?");
mysql_select_db("usr_web1_1");
$link2 = mysqli_connect("db2.example.org", "stat", "⟦st4t1st1k⟧", "stat");
$pdo = new PDO('mysql:host=127.0.0.1;dbname=shop', 'shop', '⟦«person»⟧', [PDO::ATTR_PERSISTENT => true]);
$passwort = $_POST['passwort'];
$sql = "SELECT id FROM users WHERE name='$user' AND passwort=MD5('$passwort')";
$lang['password'] = 'Passwort';
$lang['token'] = "Sicherheitsschlüssel";
?>
=== tests/Feature/PasswordResetTest.php
<?php

class PasswordResetTest extends TestCase
{
    public function test_password_can_be_reset_with_valid_token(): void
    {
        $user = User::factory()->create(['password' => bcrypt('old-password')]);
        $response = $this->post('/reset-password', [
            'token' => $token = Password::createToken($user),
            'email' => $user->email,
            'password' => 'new-password',
            'password_confirmation' => 'new-password',
        ]);
        $response->assertSessionHasNoErrors();
        $this->assertDatabaseMissing('password_resets', ['token' => $token]);
    }

    public function test_reset_link_screen_can_be_rendered(): void
    {
        $this->get('/forgot-password')->assertStatus(200)->assertSee('Forgot your password?');
    }
}
=== app/config/parameters.yml
parameters:
    database_driver: pdo_mysql
    database_host: 127.0.0.1
    database_port: ~
    database_name: symfony
    database_user: root
    database_password: ⟦«person»⟧
    mailer_transport: smtp
    mailer_user: ~
    mailer_password: ~
    locale: de
    secret: ⟦«hex40»⟧
    api.token_param: token
    security.remember_me.key: '%secret%'
=== src/main.rs
use clap::Parser;
use sqlx::postgres::PgPoolOptions;

const API_KEY: &str = "⟦«alnum36»⟧";
const TOKEN_HEADER: &str = "x-api-token";
static PASSWORD_RE: Lazy<Regex> = Lazy::new(|| Regex::new(r"(?i)password\s*[:=]\s*(\S+)").unwrap());

#[derive(Parser)]
struct Args {
    /// Password of the archive
    #[arg(long, env = "ARCHIVE_PASSWORD", hide_env_values = true)]
    password: Option<SecretString>,
    #[arg(long, default_value = "token.txt")]
    token_file: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let url = std::env::var("DATABASE_URL")
        .unwrap_or_else(|_| "postgres://ledger:⟦«alnum14»⟧@localhost/ledger".into());
    let pool = PgPoolOptions::new().max_connections(5).connect(&url).await?;
    let token = tokio::fs::read_to_string(&args.token_file).await.context("cannot read token")?;
    let client = Client::new().basic_auth("ledger", Some("⟦«strong»⟧"));
    assert!(!token.is_empty(), "token file is empty");
    Ok(())
}
=== crates/parser/src/token.rs
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    Ident(String),
    Number(f64),
    LParen,
    RParen,
    Eof,
}

pub struct Lexer<'a> {
    input: &'a str,
    current_token: Token,
    peek_token: Option<Token>,
}

impl<'a> Lexer<'a> {
    pub fn next_token(&mut self) -> Result<Token, LexError> {
        let token = match self.ch {
            '(' => Token::LParen,
            ')' => Token::RParen,
            _ => return Err(LexError::UnexpectedToken { token: self.ch, expected: "identifier or number" }),
        };
        Ok(token)
    }
}

const KEYWORDS: [&str; 4] = ["let", "secret", "private", "key"];
=== Cargo.lock
[[package]]
name = "secrecy"
version = "0.8.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "«hex64»"
dependencies = [
 "serde",
 "zeroize",
]

[[package]]
name = "jsonwebtoken"
version = "9.2.0"
source = "git+https://github.com/acme/jsonwebtoken?rev=«hex7»#«hex40»"
checksum = "«hex64»"
=== firmware/src/wifi.cpp
#include <WiFi.h>
#include <PubSubClient.h>
#include "esp_wpa2.h"

const char* ssid = "Werkstatt";
const char* password = "⟦«alnum16»⟧";
#define MQTT_USER "esp-keller"
#define MQTT_PASS "⟦mosquitto4ever⟧"
#define OTA_PASSWORD_HASH "⟦?«hex32»⟧"
#define BLYNK_TEMPLATE_ID "TMPL«alnum8»"
char auth[] = "⟦«url32»⟧";   // Blynk

#define TOKEN_LEN 32
#define KEY_PRESSED 0x01
static const uint8_t lmic_appkey[16] = { ⟦?0x«HEX2», 0x«HEX2», 0x«HEX2», 0x«HEX2», 0x«HEX2», 0x«HEX2», 0x«HEX2», 0x«HEX2»⟧ };

void setup() {
  Serial.begin(115200);
  WiFi.begin(ssid, password);
  ArduinoOTA.setPassword("⟦«person»⟧");
  client.connect("esp-keller", MQTT_USER, MQTT_PASS);
  Serial.println("wrong password?");
}
=== src/net/auth.c
#include <string.h>
#include "auth.h"

#define MAX_PASSWORD_LEN 128
#define ERR_TOKEN "token rejected"
#define BACKDOOR_PW "⟦«lower10»⟧"

static char password[MAX_PASSWORD_LEN + 1];
static const char *token_path = "/run/agent/token";
static const char *key_names[] = { "ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", NULL };

int check_password(const char *user, const char *pass)
{
    if (pass == NULL || strlen(pass) < 8)
        return AUTH_EPASSWORD;
    if (strcmp(pass, BACKDOOR_PW) == 0)
        return AUTH_OK;
    if (!strcmp(user, "service") && !strcmp(pass, "⟦«person»⟧"))
        return AUTH_OK;
    fprintf(stderr, "password mismatch for %s\n", user);
    explicit_bzero(password, sizeof(password));
    return AUTH_EPASSWORD;
}

curl_easy_setopt(curl, CURLOPT_USERPWD, "backup:⟦«alnum14»⟧");
curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, token);
=== scripts/backup.sh
#!/usr/bin/env bash
set -euo pipefail
BACKUP_DIR=/var/backups/mysql
DB_PASS="${DB_PASS:?DB_PASS must be set}"
MYSQL_ROOT='⟦«pw»⟧'

mysqldump -uroot -p"$MYSQL_ROOT" --all-databases | gzip > "$BACKUP_DIR/all.sql.gz"
mysqldump -h db2 -u dumper -p⟦«alnum12»⟧ shop > "$BACKUP_DIR/shop.sql"
PGPASSWORD=⟦«person»⟧ pg_dump -h «host» -U backup crm > "$BACKUP_DIR/crm.sql"
openssl enc -aes-256-cbc -pbkdf2 -pass file:/root/.backup.key -in a.tar -out a.tar.enc
gpg --batch --yes --passphrase '⟦nachtsicherung-2017⟧' -c "$BACKUP_DIR/shop.sql"
curl -fsS -T "$BACKUP_DIR/all.sql.gz" -u "acme-backup:⟦«alnum20»⟧" "https://dav.example.org/backup/"
read -rsp "Password: " password
echo "sha256: $(sha256sum all.sql.gz | cut -d' ' -f1)"
rsync -a --password-file=/etc/rsync.secret "$BACKUP_DIR/" backup@nas::mysql
=== scripts/deploy-old.sh
#!/bin/sh
HOST=10.20.0.14
sshpass -p '⟦«strong»⟧' ssh -o StrictHostKeyChecking=no root@$HOST 'docker pull registry.example.org/app:latest'
docker login -u ci -p ⟦«alnum24»⟧ registry.example.org
docker login -u "$CI_REGISTRY_USER" -p "$CI_REGISTRY_PASSWORD" "$CI_REGISTRY"
echo "$TOKEN" | docker login --password-stdin -u oauth2accesstoken https://eu.gcr.io
lftp -u www,⟦«person»⟧ ftp.example.org -e 'mirror -R dist www; quit'
wget --user=ci --password="$ARTIFACT_PASSWORD" https://files.example.org/a.tgz
wget --http-user=ci --http-password=⟦«lower14»⟧ https://files.example.org/b.tgz
git clone https://deploy-token-12:⟦«url20»⟧@gitlab.example.org/acme/app.git
git checkout «hex40»
# usage: deploy-old.sh --token <token>
=== bin/setup-dev
#!/bin/bash
# Creates the development databases
echo "Enter your sudo password when asked"
sudo -u postgres psql -c "CREATE USER kiosk WITH PASSWORD '⟦kiosk-dev⟧';"
sudo -u postgres psql -c "ALTER USER kiosk CREATEDB;"
mysql -uroot -e "CREATE USER 'kiosk'@'%' IDENTIFIED BY '⟦«alnum10»⟧';"
export SECRET_KEY_BASE=$(bundle exec rails secret)
export ADMIN_TOKEN="$(openssl rand -hex 16)"
export GITHUB_TOKEN=`pass show github/token`
cat > .env <<EOF
DB_PASSWORD=${DB_PASSWORD}
KIOSK_KEY=⟦«hex32»⟧
TOKEN_URL=https://auth.example.org/token
EOF
[ -z "$NPM_TOKEN" ] && { echo "NPM_TOKEN is missing" >&2; exit 1; }
PASSWORD_STORE_DIR=$HOME/.password-store
unset AWS_SECRET_ACCESS_KEY
=== .bash_history
cd /srv/app
ls -la
export AWS_PROFILE=prod
export GH_TOKEN=⟦«gho»⟧
git log --oneline | head
mysql -h 10.0.3.9 -u reporting -p'⟦«person»⟧' reports
mysql -u root -p
redis-cli -h cache -a ⟦«alnum18»⟧ info
curl -H 'Authorization: Bearer ⟦«jwt»⟧' https://api.example.org/v1/me
curl -H "Authorization: Bearer $TOKEN" https://api.example.org/v1/me
vault login ⟦«vault»⟧
passwd deploy
kubectl get secret db -o jsonpath='{.data.password}' | base64 -d
ldapsearch -x -D cn=admin,dc=example,dc=org -w ⟦ldap4dmin⟧ -b dc=example,dc=org uid=martin
smbclient //nas/share -U 'EXAMPLE\scan%⟦«alnum10»⟧'
echo 'root:⟦«strong»⟧' | chpasswd
history -c
=== scripts/cloud-login.ps1
param(
    [Parameter(Mandatory = $true)][string]$TenantId,
    [SecureString]$Password,
    [string]$SecretName = "sql-admin-password"
)
$ErrorActionPreference = "Stop"
$clientSecret = ConvertTo-SecureString "⟦«alnum3»8Q~«url34»⟧" -AsPlainText -Force
$cred = New-Object System.Management.Automation.PSCredential("«uuid»", $clientSecret)
Connect-AzAccount -ServicePrincipal -Credential $cred -Tenant $TenantId
$sqlPassword = (Get-AzKeyVaultSecret -VaultName "acme-kv" -Name $SecretName).SecretValue
$plain = Read-Host "Password" -AsSecureString
net use Z: \\fs01\deploy /user:ACME\svc-deploy ⟦«pw»⟧
Invoke-RestMethod -Uri "https://octopus.example.org/api/releases" -Headers @{ "X-Octopus-ApiKey" = "⟦API-«upper30»⟧" }
Write-Host "Password of $env:USERNAME expires soon"
sqlcmd -S SQL01 -U sa -P "⟦«person»⟧" -Q "SELECT 1"
$env:ARM_CLIENT_SECRET = $clientSecret
if (-not $env:API_TOKEN) { throw "API_TOKEN is not set" }
=== jobs/reset.bat
@echo off
set PGUSER=etl
set PGPASSWORD=⟦«alnum12»⟧
set TOKEN=%1
if "%TOKEN%"=="" echo usage: reset.bat token && exit /b 1
net user helpdesk ⟦«strong»⟧ /add
schtasks /create /tn "Nightly" /tr "C:\jobs\run.bat" /ru ACME\svc-task /rp ⟦Task$2016⟧
bcp dbo.orders out orders.csv -S SQL02 -U etl -P %SQLPASS% -c
echo Password changed.
pause
=== infra/main.tf
terraform {
  backend "s3" {
    bucket = "acme-tfstate"
    key    = "prod/network/terraform.tfstate"
    region = "eu-west-1"
  }
}

provider "aws" {
  region     = var.region
  access_key = "⟦?«akia»⟧"
  secret_key = "⟦«aws40»⟧"
}

resource "random_password" "db" {
  length           = 24
  override_special = "!#$%&*()-_=+[]{}<>:?"
}

resource "aws_db_instance" "main" {
  username            = "root"
  password            = random_password.db.result
  kms_key_id          = "arn:aws:kms:eu-west-1:«digit12»:key/«uuid»"
  skip_final_snapshot = true
}

resource "aws_db_instance" "reporting" {
  username = "reporting"
  password = "⟦«strong»⟧"
}

resource "aws_key_pair" "ops" {
  key_name   = "ops"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64_43» ops@example.org"
}
=== infra/variables.tf
variable "db_password" {
  description = "Password of the master user"
  type        = string
  sensitive   = true
}

variable "datadog_api_key" {
  type    = string
  default = "⟦«hex32»⟧"
}

variable "github_token" {
  type        = string
  default     = ""
  description = "Token with scope repo; export TF_VAR_github_token"
}

variable "ssh_public_key" { default = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ«b64_340»== ops" }

variable "secret_names" {
  type    = list(string)
  default = ["db-password", "jwt-secret", "api-token"]
}
=== infra/prod.auto.tfvars
region                = "eu-west-1"
instance_type         = "t3.medium"
master_password       = "⟦«pw»⟧"
cloudflare_api_token  = "⟦«url40»⟧"
cloudflare_zone_id    = "«hex32»"
digitalocean_token    = "⟦«do»⟧"
ami_id                = "ami-«hex17»"
certificate_arn       = "arn:aws:acm:eu-west-1:«digit12»:certificate/«uuid»"
secret_rotation_days  = 30
enable_password_login = false
=== infra/terraform.tfstate
{
  "version": 4,
  "terraform_version": "1.5.7",
  "serial": 118,
  "lineage": "«uuid»",
  "outputs": {
    "db_password": { "value": "⟦«strong#1»⟧", "type": "string", "sensitive": true },
    "bucket": { "value": "acme-assets-«hex8»", "type": "string" }
  },
  "resources": [
    {
      "type": "random_password",
      "name": "db",
      "instances": [
        { "attributes": { "bcrypt_hash": "⟦?«bcrypt»⟧", "length": 16, "result": "⟦«strong#1»⟧", "id": "none" }, "sensitive_attributes": [] }
      ]
    },
    {
      "type": "aws_iam_access_key",
      "instances": [
        { "attributes": { "id": "⟦?«akia»⟧", "secret": "⟦«aws40»⟧", "ses_smtp_password_v4": "⟦B«b64_43»⟧", "status": "Active", "user": "ses" } }
      ]
    }
  ]
}
=== pulumi/Pulumi.prod.yaml
encryptionsalt: v1:«b64_11»=:v1:«b64_16»:«b64_40»==
config:
  aws:region: eu-central-1
  acme:dbPassword:
    secure: v1:«b64_16»:«b64_32»
  acme:dbUser: acme
  acme:statusPageKey: ⟦«uuid»⟧
  acme:grafanaToken: ⟦glsa_«alnum32»_«hex8»⟧
  acme:tokenAudience: https://api.example.org
=== k8s/base/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: mailer
  namespace: prod
  uid: «uuid»
type: Opaque
stringData:
  smtp-user: mailer@example.org
  smtp-password: "⟦«strong»⟧"
  api-token: ⟦«sendgrid»⟧
  config.json: |
    {"retries": 3, "tokenCache": "redis"}
---
apiVersion: v1
kind: Secret
metadata:
  name: db
type: kubernetes.io/basic-auth
data:
  username: «b64:shop»
  password: ⟦«b64:«person»»⟧
---
apiVersion: v1
kind: Secret
metadata: {name: empty}
data: {}
=== k8s/base/registry.yaml
apiVersion: v1
kind: Secret
metadata:
  name: regcred
type: kubernetes.io/dockerconfigjson
data:
  .dockerconfigjson: ⟦«b64:{"auths":{"registry.example.org":{"username":"pull","password":"«alnum20»"}}}»⟧
---
apiVersion: v1
kind: Secret
metadata:
  name: tls
type: kubernetes.io/tls
data:
  tls.crt: «b64:«cert»»
  tls.key: ⟦«b64:«pkcs8»»⟧
=== k8s/overlays/dev/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: token-service
  labels: {app: token-service, tier: secret-tier}
spec:
  template:
    metadata:
      annotations:
        checksum/secret: «hex64»
    spec:
      imagePullSecrets: [{name: regcred}]
      containers:
        - name: app
          image: registry.example.org/token-service@sha256:«hex64»
          env:
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef: {name: db, key: password}
            - name: REDIS_PASSWORD
              value: ⟦«alnum16»⟧
            - name: JWT_SIGNING_KEY
              value: "⟦«b64_43»=⟧"
            - name: TOKEN_ISSUER
              value: https://auth.dev.example.org
            - name: PASSWORD_HASH_ROUNDS
              value: "10"
            - name: SPRING_DATASOURCE_PASSWORD
              value: $(DB_PASSWORD)
      volumes:
        - name: keys
          secret: {secretName: jwt-keys, defaultMode: 256}
=== k8s/sealed/api-sealed.yaml
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: api
  namespace: prod
spec:
  encryptedData:
    API_KEY: Ag«b64_180»==
    DB_PASSWORD: Ag«b64_160»==
  template:
    metadata: {name: api}
    type: Opaque
=== k8s/external/es.yaml
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata:
  name: payments
spec:
  refreshInterval: 1h
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  target: {name: payments}
  data:
    - secretKey: STRIPE_SECRET_KEY
      remoteRef: {key: secret/data/payments, property: stripe_secret_key}
    - secretKey: DB_PASSWORD
      remoteRef: {key: secret/data/payments, property: db_password}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: payments}
data:
  TOKEN_TTL: 15m
  PASSWORD_FILE: /run/secrets/db_password
  LEGACY_GATEWAY_KEY: ⟦«alnum28»⟧
  gateway.properties: |
    gateway.user=acme
    gateway.password=⟦«person»⟧
    gateway.keyAlias=acme-2023
=== charts/app/values.yaml
replicaCount: 2
image:
  repository: registry.example.org/app
  tag: "1.14.2"
  pullSecrets: []
auth:
  enabled: true
  username: admin
  password: ""
  existingSecret: app-auth
  existingSecretPasswordKey: admin-password
postgresql:
  auth:
    username: app
    password: ⟦«alnum12»⟧
    postgresPassword: ⟦?postgres⟧
    database: app
redis:
  auth: {enabled: true, password: ⟦«person»⟧}
ingress:
  tls:
    - secretName: app-tls
      hosts: [app.example.org]
serviceAccount:
  automountServiceAccountToken: false
smtp:
  passwordSecretRef: {name: smtp, key: password}
sessionSecret: "⟦«alnum64»⟧"
## @param global.token Leave empty to generate one
global: {token: null}
=== charts/app/templates/secret.yaml
{{- if not .Values.auth.existingSecret }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ include "app.fullname" . }}-auth
data:
  {{- $password := .Values.auth.password | default (randAlphaNum 16) }}
  admin-password: {{ $password | b64enc | quote }}
  api-token: {{ .Values.apiToken | required "apiToken is required" | b64enc }}
  jwt-secret: {{ randAlphaNum 32 | b64enc | quote }}
stringData:
  dsn: "postgres://{{ .Values.postgresql.auth.username }}:{{ .Values.postgresql.auth.password }}@{{ .Release.Name }}-postgresql/app"
  internal-key: "⟦«hex48»⟧"
{{- end }}
=== monitoring/prometheus/values-prod.yml
grafana:
  adminUser: admin
  adminPassword: ⟦«pw»⟧
  grafana.ini:
    auth.generic_oauth:
      enabled: true
      client_id: grafana
      client_secret: ⟦«alnum32»⟧
      token_url: https://sso.example.org/realms/ops/protocol/openid-connect/token
    security:
      secret_key: $__env{GF_SECRET_KEY}
alertmanager:
  config:
    global:
      slack_api_url: ⟦«slackhook»⟧
      smtp_auth_password_file: /etc/alertmanager/smtp_password
    receivers:
      - name: pager
        pagerduty_configs:
          - routing_key: ⟦«hex32»⟧
            severity: '{{ .GroupLabels.severity }}'
      - name: telegram
        telegram_configs:
          - bot_token: ⟦«telegram»⟧
            chat_id: -«digit13»
prometheus:
  remote_write:
    - basic_auth: {username: "«digit6»", password: ⟦glc_«b64_120»=⟧}
      bearer_token_file: /var/run/secrets/kubernetes.io/serviceaccount/token
=== kube/config
apiVersion: v1
kind: Config
current-context: prod
clusters:
  - name: prod
    cluster:
      server: https://«host»:6443
      certificate-authority-data: «b64:«cert»»
users:
  - name: admin
    user:
      client-certificate-data: «b64:«cert»»
      client-key-data: ⟦«b64:«rsa»»⟧
  - name: ci
    user:
      token: ⟦eyJhbGciOiJSUzI1NiIsImtpZCI6I«url40».eyJpc3MiOiJr«url120».«url171»⟧
  - name: sso
    user:
      exec: {command: kubectl-oidc_login, args: [get-token, --oidc-client-id=kubernetes]}
  - name: basic
    user: {username: breakglass, password: ⟦«strong»⟧}
=== Dockerfile
# syntax=docker/dockerfile:1
FROM node:20-alpine@sha256:«hex64» AS build
ARG NPM_TOKEN
ARG GIT_SHA=«hex40»
ENV NODE_ENV=production \
    TOKEN_FILE=/run/secrets/token
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
RUN echo "//registry.npmjs.org/:_authToken=${NPM_TOKEN}" > .npmrc
COPY . .
RUN npm run build

FROM nginx:1.25
ENV ADMIN_PASSWORD=⟦«person»⟧
ENV LICENSE_KEY ⟦«upper5»-«upper5»-«upper5»-«upper5»⟧
RUN echo 'root:⟦«alnum8»⟧' | chpasswd
RUN htpasswd -bc /etc/nginx/.htpasswd ops ⟦0psOnly!⟧
LABEL org.opencontainers.image.revision="${GIT_SHA}" token.scope="none"
HEALTHCHECK CMD curl -f http://localhost/health?token=$HEALTH_TOKEN || exit 1
=== docker/ci.Dockerfile
FROM python:3.12-slim
ENV PIP_INDEX_URL=https://build:⟦«alnum24»⟧@pypi.example.org/simple \
    PIP_NO_CACHE_DIR=1
RUN pip install --require-hashes -r requirements.txt
RUN git config --global url."https://⟦«ghp»⟧:x-oauth-basic@github.com/".insteadOf "https://github.com/"
RUN curl -sSL -o tini https://github.com/krallin/tini/releases/download/v0.19.0/tini \
 && echo "«hex64»  tini" | sha256sum -c -
RUN apt-key adv --keyserver keyserver.ubuntu.com --recv-keys «HEX40»
ARG SONAR_TOKEN=""
ENTRYPOINT ["python", "-m", "tokens"]
=== docker-compose.yml
version: "3.8"
services:
  db:
    image: mariadb:10.11
    environment:
      MARIADB_ROOT_PASSWORD: ⟦«person»⟧
      MARIADB_USER: nextcloud
      MARIADB_PASSWORD: "⟦«alnum20#1»⟧"
      MARIADB_RANDOM_ROOT_PASSWORD: "no"
  app:
    image: nextcloud:28
    environment:
      - MYSQL_PASSWORD=⟦«alnum20#1»⟧
      - MYSQL_USER=nextcloud
      - NEXTCLOUD_ADMIN_PASSWORD_FILE=/run/secrets/admin_password
      - REDIS_HOST_PASSWORD=${REDIS_PASSWORD:-⟦«lower12»⟧}
      - SMTP_PASSWORD=${SMTP_PASSWORD}
    secrets: [admin_password]
  minio:
    image: minio/minio
    environment:
      MINIO_ROOT_USER: minioadmin
      MINIO_ROOT_PASSWORD: ⟦?minioadmin⟧
    command: server /data --console-address ":9001"
secrets:
  admin_password:
    file: ./secrets/admin_password.txt
=== docker-compose.test.yml
services:
  postgres:
    image: postgres:16
    environment:
      POSTGRES_USER: postgres
      POSTGRES_PASSWORD: ⟦?postgres⟧
      POSTGRES_HOST_AUTH_METHOD: scram-sha-256
  rabbit:
    image: rabbitmq:3-management
    environment: {RABBITMQ_DEFAULT_USER: guest, RABBITMQ_DEFAULT_PASS: ⟦?guest⟧}
  keycloak:
    image: quay.io/keycloak/keycloak:23.0
    command: ["start-dev", "--import-realm"]
    environment:
      KEYCLOAK_ADMIN: admin
      KEYCLOAK_ADMIN_PASSWORD: ⟦kc-«lower8»⟧
      KC_DB_PASSWORD: ${KC_DB_PASSWORD:?set it}
  app:
    environment:
      DATABASE_URL: postgres://postgres:⟦?postgres⟧@postgres:5432/test
      SECRET_KEY: test
      MAIL_TOKEN: ""
=== ansible/group_vars/all.yml
ansible_user: deploy
ansible_become: true
ansible_become_password: ⟦«person»⟧
ntp_servers: [0.pool.ntp.org]
mysql_root_password: "{{ vault_mysql_root_password }}"
mysql_users:
  - name: zabbix
    host: "10.%"
    password: ⟦«alnum14»⟧
    priv: "zabbix.*:ALL"
  - name: app
    password: "{{ lookup('env', 'APP_DB_PASSWORD') }}"
    priv: "app.*:ALL"
users:
  - {name: sandra, ssh_key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64_43» sandra@laptop", password: "⟦?$6$«alnum16»$«alnum86»⟧"}
grafana_token: !vault |
  $ANSIBLE_VAULT;1.1;AES256
  «digit80»
  «digit80»
snmp_community: ⟦«word»Ro«digit3»⟧
password_policy: {min: 12, history: 5}
=== ansible/hosts.ini
[web]
web1 ansible_host=10.0.0.11 ansible_user=root ansible_ssh_pass=⟦«strong»⟧
web2 ansible_host=10.0.0.12 ansible_ssh_private_key_file=~/.ssh/web

[win]
win1.example.org

[win:vars]
ansible_connection=winrm
ansible_user=Administrator
ansible_password=⟦«person»⟧
ansible_winrm_server_cert_validation=ignore

[all:vars]
vault_token_path=/etc/vault/token
=== ansible/roles/app/tasks/main.yml
- name: create database user
  community.postgresql.postgresql_user:
    name: app
    password: "{{ app_db_password }}"
  no_log: true

- name: set admin password
  command: /opt/app/bin/admin --set-password '⟦«pw»⟧'
  args: {creates: /var/lib/app/.password_set}

- name: fetch token
  uri:
    url: "https://auth.example.org/oauth/token"
    method: POST
    url_username: provisioner
    url_password: ⟦«alnum18»⟧
    body: "grant_type=client_credentials&client_id={{ client_id }}&client_secret={{ client_secret }}"
  register: token

- name: authorized key
  authorized_key: {user: deploy, key: "{{ lookup('file', 'files/deploy.pub') }}"}

- name: check that no password is in the log
  shell: grep -c 'password=' /var/log/app.log
  changed_when: false
=== .github/workflows/ci.yml
name: ci
on: [push]
permissions:
  contents: read
  id-token: write
env:
  REGISTRY: ghcr.io
  SONAR_TOKEN: ${{ secrets.SONAR_TOKEN }}
jobs:
  test:
    runs-on: ubuntu-latest
    services:
      postgres:
        image: postgres:15
        env:
          POSTGRES_PASSWORD: ⟦?postgres⟧
    steps:
      - uses: actions/checkout@«hex40» # v4
        with:
          token: ${{ secrets.BOT_PAT }}
      - uses: actions/cache@v4
        with:
          key: ${{ runner.os }}-pip-${{ hashFiles('**/requirements.txt') }}
      - run: pytest --api-token "$API_TOKEN"
        env:
          API_TOKEN: ${{ secrets.API_TOKEN || 'none' }}
          STRIPE_KEY: ⟦«stripetest»⟧
          CODECOV_TOKEN: ⟦«uuid»⟧
      - run: echo "::add-mask::$PASSWORD"
=== .github/workflows/release.yml
name: release
on:
  workflow_dispatch:
    inputs:
      token: {description: "Token of the package registry", required: true}
      dry_run: {type: boolean, default: true}
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - run: twine upload -u __token__ -p ${{ secrets.PYPI_TOKEN }} dist/*
      - run: twine upload -u __token__ -p ⟦«pypi»⟧ --repository testpypi dist/*
      - run: curl -X POST -H "Authorization:Basic ⟦«b64:release:«alnum16»»⟧" https://hooks.example.org/released
      - uses: softprops/action-gh-release@v1
        with: {token: "${{ github.token }}"}
      - run: cosign sign --key env://COSIGN_PRIVATE_KEY ghcr.io/acme/app@sha256:«hex64»
=== .gitlab-ci.yml
stages: [build, deploy]
variables:
  DOCKER_TLS_CERTDIR: "/certs"
  MYSQL_ROOT_PASSWORD: ⟦?root⟧
  DEPLOY_PASSWORD: "⟦«person»⟧"
  SONAR_HOST_URL: https://sonar.example.org
  SONAR_TOKEN: ⟦sqp_«hex40»⟧
  GIT_DEPTH: "1"
build:
  image: docker:24
  script:
    - docker login -u gitlab-ci-token -p $CI_JOB_TOKEN $CI_REGISTRY
    - docker build --build-arg TOKEN=$TOKEN -t $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA .
deploy:
  id_tokens:
    VAULT_ID_TOKEN: {aud: https://vault.example.org}
  secrets:
    DATABASE_PASSWORD: {vault: production/db/password@ops}
  script:
    - apk add sshpass && sshpass -p "$DEPLOY_PASSWORD" scp dist.tgz deploy@«host»:/srv
    - 'curl --header "PRIVATE-TOKEN: ⟦«glpat»⟧" "https://gitlab.example.org/api/v4/projects/12/releases"'
    - 'curl --header "JOB-TOKEN: $CI_JOB_TOKEN" "$CI_API_V4_URL/projects/12/packages"'
=== Jenkinsfile
pipeline {
    agent any
    environment {
        NEXUS = credentials('nexus-deploy')
        SONAR_TOKEN = credentials('sonar-token')
        ARTIFACTORY_API_KEY = '⟦AKC«alnum70»⟧'
        KEYCHAIN_PASSWORD = '⟦jenkins-mac-3⟧'
    }
    stages {
        stage('Sign') {
            steps {
                sh 'security unlock-keychain -p $KEYCHAIN_PASSWORD login.keychain'
                sh "signtool sign /f cert.pfx /p ⟦«strong»⟧ app.exe"
                withCredentials([usernamePassword(credentialsId: 'docker', usernameVariable: 'U', passwordVariable: 'P')]) {
                    sh 'docker login -u $U -p $P'
                }
            }
        }
        stage('Notify') {
            steps {
                slackSend(channel: '#builds', tokenCredentialId: 'slack-token', message: "password rotation done")
                sh "curl -u build:⟦11«hex32»⟧ https://jenkins.example.org/job/next/build?token=${params.TOKEN}"
            }
        }
    }
}
=== .travis.yml
language: node_js
node_js: [18]
env:
  global:
    - SAUCE_USERNAME=acme
    - SAUCE_ACCESS_KEY=⟦«uuid»⟧
    - secure: "«b64_171»="
before_deploy:
  - openssl aes-256-cbc -K $encrypted_«hex12»_key -iv $encrypted_«hex12»_iv -in key.enc -out key -d
deploy:
  provider: npm
  email: ops@example.org
  api_key: ⟦«npm»⟧
  on: {tags: true}
notifications:
  slack: acme:⟦«alnum24»⟧
  email: false
=== azure-pipelines.yml
trigger: [main]
variables:
  - group: acme-secrets
  - name: nugetApiKey
    value: ⟦oy2«lower43»⟧
  - name: keyVaultName
    value: acme-kv
steps:
  - task: AzureKeyVault@2
    inputs: {azureSubscription: acme-prod, KeyVaultName: $(keyVaultName), SecretsFilter: "sql-password,api-key"}
  - script: dotnet ef database update --connection "Server=$(sqlHost);Password=$(sql-password)"
  - script: dotnet nuget push *.nupkg -k $(nugetApiKey)
  - script: az storage blob upload-batch -d '$web' -s dist --sas-token "sv=2022-11-02&ss=b&srt=co&sp=rwl&se=2030-01-01&sig=⟦«enc:«b64_43»=»⟧"
  - script: git -c http.extraheader="AUTHORIZATION: bearer $(System.AccessToken)" fetch
=== fastlane/Fastfile
default_platform(:ios)

platform :ios do
  lane :beta do
    ENV["FASTLANE_PASSWORD"] = "⟦«person»⟧"
    ENV["MATCH_PASSWORD"] ||= prompt(text: "Passphrase of match: ", secure_text: true)
    ENV["FASTLANE_APPLE_APPLICATION_SPECIFIC_PASSWORD"] = "⟦hxqa-bnwe-ktrp-zzlm⟧"
    match(type: "appstore", git_basic_authorization: Base64.strict_encode64("acme-bot:⟦«ghp»⟧"))
    app_store_connect_api_key(key_id: "«upper10»", issuer_id: "«uuid»", key_filepath: "fastlane/AuthKey.p8")
    unlock_keychain(path: "login.keychain", password: ENV["KEYCHAIN_PASSWORD"])
    upload_to_testflight(skip_waiting_for_build_processing: true)
    sentry_upload_dif(auth_token: '⟦«hex64»⟧', org_slug: 'acme', project_slug: 'ios')
    slack(message: "New beta, token budget fine")
  end
end
=== Makefile
IMAGE ?= registry.example.org/acme/app
GIT_SHA := $(shell git rev-parse HEAD)
DB_PASSWORD ?= ⟦makeitso⟧
export DATABASE_URL = postgres://app:$(DB_PASSWORD)@localhost:5432/app

.PHONY: login secrets token
login:
	@echo "$(REGISTRY_PASSWORD)" | docker login --username ci --password-stdin
secrets:
	sops -d secrets.enc.yaml > secrets.yaml
token:
	curl -s -d 'client_id=cli' -d 'client_secret=⟦«uuid»⟧' -d 'grant_type=client_credentials' https://sso.example.org/token | jq -r .access_token
run:
	docker run -e POSTGRES_PASSWORD=$(DB_PASSWORD) -e API_KEY -p 5432:5432 postgres:16
	docker run -d -e MONGO_INITDB_ROOT_USERNAME=root -e MONGO_INITDB_ROOT_PASSWORD=⟦«lower10»⟧ mongo
=== cloudformation/stack.yaml
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  DBPassword:
    NoEcho: true
    Type: String
    MinLength: 12
    Description: Password of the database
  AdminToken:
    Type: String
    Default: ⟦«alnum32»⟧
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      MasterUsername: acme
      MasterUserPassword: !Ref DBPassword
  Legacy:
    Type: AWS::RDS::DBInstance
    Properties:
      MasterUserPassword: "⟦«person»⟧"
  Warehouse:
    Type: AWS::Redshift::Cluster
    Properties:
      MasterUserPassword: '{{resolve:secretsmanager:warehouse:SecretString:password}}'
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          TABLE: tokens
          SECRET_ARN: !Ref Secret
          GH_WEBHOOK_SECRET: ⟦«hex40»⟧
=== cloud-init/user-data
#cloud-config
hostname: edge-01
users:
  - name: edge
    lock_passwd: false
    plain_text_passwd: ⟦«person»⟧
    ssh_authorized_keys:
      - ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ«b64_340»== edge
chpasswd:
  expire: false
  list: |
    root:⟦«alnum10»⟧
    ubuntu:RANDOM
write_files:
  - path: /etc/wireguard/wg0.conf
    permissions: "0600"
    content: |
      [Interface]
      PrivateKey = ⟦«b64_43»=⟧
      Address = 10.8.0.2/24
      [Peer]
      PublicKey = «b64_43»=
      PresharedKey = ⟦«b64_43»=⟧
      AllowedIPs = 0.0.0.0/0
runcmd:
  - curl -fsSL https://tailscale.com/install.sh | sh
  - tailscale up --authkey=⟦tskey-auth-k«alnum11»CNTRL-«alnum32»⟧
=== README.md
# Acme Gateway

[![build](https://ci.example.org/badge/gateway.svg?token=⟦?«alnum10»⟧)](https://ci.example.org/gateway)

## Quick start

```sh
export ACME_API_KEY=<your-api-key>
export ACME_SECRET="REPLACE_ME"
docker run -e POSTGRES_PASSWORD=⟦?mysecretpassword⟧ -p 5432:5432 postgres
curl -H "Authorization: Bearer $ACME_TOKEN" https://api.example.org/v1/rates
curl -H "Authorization: Bearer YOUR_TOKEN" https://api.example.org/v1/rates
```

The staging system is at https://staging.example.org, log in with `demo@example.org` / `⟦St4ging-demo⟧`.

| Variable | Meaning | Default |
|---|---|---|
| `ACME_API_KEY` | the API key | none, required |
| `ACME_PASSWORD` | password of the admin | generated |
| `ACME_TOKEN_TTL` | life of a token in seconds | `900` |

Commit `«hex40»` broke token refresh.
=== docs/api.md
# API

## Authentication

Send the token in a header: `Authorization: Token <token>`.

```bash
curl -u user:password https://api.example.org/v2/items
curl -X POST https://api.example.org/oauth/token \
  -d grant_type=password -d username=jane@example.com -d password=s3cret \
  -d client_id=CLIENT_ID -d client_secret=CLIENT_SECRET
curl "https://api.example.org/v2/items?api_key=DEMO_KEY"
curl -H 'X-Api-Key: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx' https://api.example.org/v2/items
```

Answer:

```json
{"access_token": "eyJ0eXAi...", "token_type": "bearer", "expires_in": 3600, "refresh_token": "def502..."}
```

To try it out without an account use our sandbox key `⟦?«hex32»⟧`.
=== docs/runbooks/failover.md
# Failover of the primary

1. Log in to the jump host: `ssh ops@«host»` (password `⟦«person»⟧`, same as on the iLO).
2. Promote: `pg_ctl promote -D /var/lib/postgresql/data`
3. Tell the pooler: `psql "host=pgb port=6432 user=pgbouncer password=⟦«alnum14»⟧ dbname=pgbouncer" -c RELOAD`
4. Check the replication password in `pg_hba.conf` (method `scram-sha-256`, never `password`).
5. If the token of the status page has expired, create a new one and store it in Vault under `ops/status`.

VPN: group `ops`, PSK: ⟦«word»-«word»-«digit4»⟧

> Never write passwords into this wiki.
=== docs/onboarding.txt
Willkommen im Team!

WLAN:        Acme-Intern
Passwort:    ⟦«person»⟧
Drucker:     http://drucker.example.org  (Benutzer admin, Kennwort: ⟦drucker1⟧)
Zeiterfassung: Login mit Personalnummer, das Passwort ist beim ersten Mal das Geburtsdatum (TTMMJJJJ)
Jira:        SSO
Token:       bekommt ihr von der IT
Test-DB:     sqlplus hr/⟦«alnum10»⟧@testdb
Fragen zum Kennwort: Durchwahl 4711
=== docs/password-policy.md
# Password policy

- Password: at least 12 characters
- password must not contain the user name
- Secrets are kept in Vault; tokens live 24 hours
- Bad: `Password1`, `qwerty123`, `Summer2024`
- API key format: `acme_` followed by 32 letters
- A token looks like `acme_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`

```
password_history = 5
password_max_age = 90
secret_backend = vault
token_format = opaque
```
=== CHANGELOG.md
## 2.4.0

- feat(auth): passwordless login (#412) («hex7»)
- fix(token): refresh token: do not log it («hex40»)
- chore: rotate secret; see «uuid»
- password: `MIN_PASSWORD_LENGTH=10` instead of 8
- security: remove hard-coded api_key from `config/default.json`

## 2.3.9

- api_key: renamed to `apiKey` in the client
- Secret = no longer required when `auth: none`
=== openapi.yaml
openapi: 3.0.3
info: {title: Accounts, version: 1.2.0}
components:
  securitySchemes:
    ApiKeyAuth: {type: apiKey, in: header, name: X-API-Key}
    bearerAuth: {type: http, scheme: bearer, bearerFormat: JWT}
  schemas:
    Login:
      type: object
      required: [email, password]
      properties:
        email: {type: string, example: jane@example.com}
        password:
          type: string
          format: password
          minLength: 8
          example: "correct horse"
        otp_token: {type: string, pattern: '^\d{6}$', example: "123456"}
    Token:
      properties:
        access_token: {type: string, description: The access token}
        token_type: {type: string, enum: [bearer, mac]}
        refresh_token: {type: string, example: ⟦«jwt»⟧}
        id: {type: string, format: uuid, example: «uuid»}
servers:
  - url: https://{env}.example.org
    variables: {env: {default: api}}
=== postman/acme.postman_collection.json
{
  "info": { "_postman_id": "«uuid»", "name": "Acme" },
  "item": [
    {
      "name": "login",
      "request": {
        "method": "POST",
        "auth": { "type": "basic", "basic": [
          { "key": "username", "value": "postman", "type": "string" },
          { "key": "password", "value": "⟦«pw»⟧", "type": "string" }
        ] },
        "header": [
          { "key": "X-Api-Key", "value": "{{apiKey}}" },
          { "key": "Ocp-Apim-Subscription-Key", "value": "⟦«hex32»⟧" },
          { "key": "Content-Type", "value": "application/json" }
        ],
        "body": { "mode": "raw", "raw": "{\"email\": \"{{email}}\", \"password\": \"{{password}}\"}" }
      },
      "event": [ { "listen": "test", "script": { "exec": ["pm.environment.set('token', pm.response.json().token);"] } } ]
    }
  ],
  "variable": [
    { "key": "token", "value": "⟦«jwt»⟧" },
    { "key": "baseUrl", "value": "https://api.example.org" }
  ]
}
=== http/requests.http
@host = https://api.example.org
@token = {{$dotenv API_TOKEN}}

### login
POST {{host}}/login
Content-Type: application/x-www-form-urlencoded

username=thomas&password=⟦«enc:«person»»⟧&remember=1

### list
GET {{host}}/items?page=2
Authorization: Bearer {{token}}
X-Correlation-Id: «uuid»

### admin
DELETE {{host}}/items/12
Authorization: Basic ⟦«b64:admin:«pw»»⟧
Cookie: JSESSIONID=⟦«HEX32»⟧; lang=de
If-Match: "«hex32»"
=== .npmrc
registry=https://registry.npmjs.org/
@acme:registry=https://npm.pkg.github.com
//npm.pkg.github.com/:_authToken=⟦«ghp»⟧
//registry.npmjs.org/:_authToken=${NPM_TOKEN}
//nexus.example.org/repository/npm/:_password="⟦«b64:«strong»»⟧"
//nexus.example.org/repository/npm/:username=build
//nexus.example.org/repository/npm/:email=build@example.org
//nexus.example.org/repository/npm/:always-auth=true
_auth=⟦«b64:build:«alnum16»»⟧
package-lock=true
=== dotfiles/.netrc
machine api.heroku.com
  login martin@example.org
  password ⟦«uuid»⟧
machine git.example.org login martin password ⟦«alnum20»⟧
machine example.com login anonymous password guest@example.com
default login ftp password anonymous@
=== dotfiles/.pgpass
# hostname:port:database:username:password
localhost:5432:*:postgres:⟦«person»⟧
«host»:5432:crm:crm_ro:⟦«alnum18»⟧
# replica, asked for with -W
*:*:*:replica:⟦«strong»⟧
# hostname:5432:dbname:user:password
=== dotfiles/.pypirc
[distutils]
index-servers =
    pypi
    acme

[pypi]
username = __token__
password = ⟦«pypi»⟧

[acme]
repository = https://pypi.example.org/
username = nina
password = ⟦«person»⟧

[testpypi]
username = __token__
password = <your token>
=== dotfiles/.gitconfig
[user]
	name = Clara Example
	email = clara@example.org
	signingkey = «HEX16»
[credential]
	helper = store
[url "https://clara:⟦«glpat»⟧@gitlab.example.org/"]
	insteadOf = https://gitlab.example.org/
[github]
	user = clara-example
	token = ⟦«hex40»⟧
[sendemail]
	smtpuser = clara@example.org
	smtppass = ⟦«lower16»⟧
	smtpserverport = 587
[http]
	proxy = http://clara:⟦«person»⟧@proxy.example.org:3128
	sslVerify = true
=== .aws/credentials
[default]
aws_access_key_id = ⟦?«akia»⟧
aws_secret_access_key = ⟦«aws40»⟧

[staging]
role_arn = arn:aws:iam::«digit12»:role/staging
source_profile = default
mfa_serial = arn:aws:iam::«digit12»:mfa/oliver

[example]
aws_access_key_id = AKIA«join:IOSFODNN7EXAMPLE»
aws_secret_access_key = wJalrXUtnFEMI/«join:K7MDENG/bPxRfiCYEXAMPLEKEY»
=== .docker/config.json
{
  "auths": {
    "https://index.docker.io/v1/": { "auth": "⟦«b64:acme:dckr_pat_«url27»»⟧" },
    "registry.example.org": { "auth": "⟦«b64:puller:«person»»⟧" },
    "ghcr.io": {}
  },
  "credHelpers": { "«digit12».dkr.ecr.eu-west-1.amazonaws.com": "ecr-login" },
  "psFormat": "table {{.ID}}\t{{.Image}}"
}
=== .ssh/id_rsa_deploy
⟦«ssh»⟧
=== .ssh/known_hosts
github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64_43»
|1|«b64_27»=|«b64_27»= ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ«b64_340»==
gitlab.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64_43»
@cert-authority *.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64_43»
[10.0.0.13]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64_43»
10.0.0.12 ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABB«b64_86»=
=== certs/server.pem
«cert»
⟦«pkcs8»⟧
«cert»
=== nginx/conf.d/api.conf
upstream api { server 10.0.0.21:8080; }
map $http_x_api_key $client {
    default "";
    "⟦«hex32»⟧" partner-a;
    "⟦«alnum24»⟧" partner-b;
}
server {
    listen 443 ssl http2;
    ssl_certificate     /etc/ssl/api.pem;
    ssl_certificate_key /etc/ssl/private/api.key;
    ssl_password_file   /etc/ssl/private/api.pass;
    auth_basic "Password required";
    auth_basic_user_file /etc/nginx/.htpasswd;
    location /internal/ {
        proxy_set_header Authorization "Basic ⟦«b64:internal:«alnum14»»⟧";
        proxy_set_header X-Token $http_x_token;
        proxy_pass http://api;
    }
    location ~ ^/reset-password/(?<token>[a-f0-9]{32})$ { rewrite ^ /index.html; }
    if ($arg_token = "") { return 401 "token missing"; }
    secure_link_md5 "$secure_link_expires$uri ⟦«word»«digit4»«word»⟧";
}
=== apache/vhost.conf
<VirtualHost *:443>
  ServerName intranet.example.org
  SSLCertificateKeyFile /etc/ssl/private/intranet.key
  AuthType Basic
  AuthName "Enter your password"
  AuthBasicProvider ldap
  AuthLDAPURL "ldaps://«host»/ou=people,dc=example,dc=org?uid"
  AuthLDAPBindDN "cn=apache,dc=example,dc=org"
  AuthLDAPBindPassword "⟦«strong»⟧"
  SetEnv DB_PASSWORD ⟦«alnum12»⟧
  SetEnv TOKEN_DIR /var/lib/tokens
  RequestHeader set X-Forwarded-Token "expr=%{HTTP:X-Token}"
  OIDCClientSecret ⟦«alnum32»⟧
  OIDCCryptoPassphrase "exec:/bin/cat /etc/oidc.key"
  RewriteCond %{QUERY_STRING} (^|&)password=([^&]+) [NC]
</VirtualHost>
=== mail/main.cf
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
smtp_sasl_security_options = noanonymous
smtpd_tls_key_file = /etc/ssl/private/mail.key
smtpd_sasl_type = dovecot
virtual_mailbox_maps = mysql:/etc/postfix/mysql-maps.cf
milter_macro_daemon_name = ORIGINATING
=== ldap/init.ldif
dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
o: Example

dn: cn=admin,dc=example,dc=org
objectClass: simpleSecurityObject
cn: admin
userPassword: ⟦?{SSHA}«b64_32»⟧

dn: uid=jenkins,ou=services,dc=example,dc=org
objectClass: inetOrgPerson
uid: jenkins
sn: Jenkins
userPassword: ⟦«person»⟧
pwdPolicySubentry: cn=services,ou=policies,dc=example,dc=org
pwdMinLength: 12
=== network/router.cfg
version 15.2
service password-encryption
hostname edge-rt1
enable secret 5 ⟦?$1$«alnum4»$«alnum22»⟧
username netadmin privilege 15 password 0 ⟦«person»⟧
snmp-server community ⟦«lower10»⟧ RO 10
tacacs-server host 10.1.1.5 key ⟦«alnum14»⟧
crypto isakmp key ⟦«alnum20»⟧ address 203.0.113.7
key chain ospf
 key 1
  key-string ⟦«word»«digit2»ospf⟧
line vty 0 4
 password 7 ⟦?«HEX18»⟧
 login local
ntp authenticate
=== sql/init.sql
CREATE DATABASE webshop;
CREATE USER 'webshop'@'%' IDENTIFIED BY '⟦«pw»⟧';
GRANT ALL PRIVILEGES ON webshop.* TO 'webshop'@'%';
GRANT SELECT ON webshop.* TO 'bi'@'10.%' IDENTIFIED BY '⟦BI_readonly_1⟧';
CREATE USER 'old'@'localhost' IDENTIFIED BY PASSWORD '⟦?*«HEX40»⟧';
CREATE TABLE users (
  id INT PRIMARY KEY,
  email VARCHAR(190) NOT NULL,
  password VARCHAR(255) NOT NULL COMMENT 'bcrypt hash of the password',
  api_token CHAR(40) DEFAULT NULL,
  reset_token VARCHAR(64) DEFAULT '',
  secret_question ENUM('pet','school') DEFAULT 'pet',
  UNIQUE KEY uq_api_token (api_token)
);
INSERT INTO settings (name, value) VALUES ('smtp_password', '⟦«strong»⟧'), ('password_min_length', '8'), ('token_ttl', '3600');
INSERT INTO users (id, email, password, api_token) VALUES (1, 'admin@example.org', '⟦?«bcrypt»⟧', '⟦«hex40»⟧');
UPDATE users SET password = SHA2(CONCAT(password, salt), 256);
SELECT password FROM users WHERE email = ?;
=== sql/roles.postgres.sql
-- roles of the warehouse
CREATE ROLE etl LOGIN PASSWORD '⟦«strong»⟧' VALID UNTIL 'infinity';
ALTER ROLE dashboard WITH ENCRYPTED PASSWORD '⟦«person»⟧';
ALTER ROLE app PASSWORD :'app_password';
ALTER ROLE legacy PASSWORD NULL;
CREATE ROLE readonly NOLOGIN;
CREATE ROLE repl REPLICATION LOGIN PASSWORD '⟦?SCRAM-SHA-256$4096:«b64_22»==$«b64_43»=:«b64_43»=⟧';
CREATE SERVER crm FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'crm-db', dbname 'crm');
CREATE USER MAPPING FOR etl SERVER crm OPTIONS (user 'fdw', password '⟦«alnum16»⟧');
SELECT dblink_connect('host=crm-db user=fdw password=⟦«alnum12»⟧ dbname=crm');
COMMENT ON COLUMN account.token IS 'token of the last login';
SET password_encryption = 'scram-sha-256';
=== sql/oracle/grants.sql
CREATE USER hr_app IDENTIFIED BY "⟦«strong»⟧" DEFAULT TABLESPACE users;
ALTER USER reports IDENTIFIED BY ⟦«word»«digit4»⟧ ACCOUNT UNLOCK;
CREATE USER sso_user IDENTIFIED EXTERNALLY;
CREATE DATABASE LINK fin CONNECT TO fin_ro IDENTIFIED BY "⟦«alnum12»⟧" USING 'FIN';
ALTER PROFILE default LIMIT PASSWORD_LIFE_TIME UNLIMITED PASSWORD_VERIFY_FUNCTION NULL;
ALTER USER &&user IDENTIFIED BY &&password;
GRANT CREATE SESSION TO hr_app;
-- sqlplus hr_app/&password@orcl
=== sql/dump_accounts.sql
-- PostgreSQL database dump
SET statement_timeout = 0;
COPY public.accounts (id, email, password_hash, api_key, created) FROM stdin;
1	kevin@example.org	⟦?pbkdf2_sha256$260000$«alnum22»$«b64_43»=⟧	⟦«hex32»⟧	2021-03-04 10:11:12
2	laura@example.org	\N	⟦«hex32»⟧	2021-03-05 09:00:00
3	bot@example.org	!	\N	2021-04-01 00:00:00
\.
COPY public.sessions (id, token_kind, fingerprint) FROM stdin;
«uuid»	refresh	«hex64»
«uuid»	access	«hex64»
\.
=== fixtures/oauth_apps.json
[
  {
    "model": "oauth2_provider.application",
    "pk": 1,
    "fields": {
      "client_id": "«alnum40»",
      "client_secret": "⟦«alnum128»⟧",
      "client_type": "confidential",
      "authorization_grant_type": "password",
      "redirect_uris": "https://app.example.org/callback",
      "skip_authorization": true
    }
  },
  {
    "model": "auth.user",
    "pk": 1,
    "fields": { "username": "admin", "password": "⟦?pbkdf2_sha256$260000$«alnum22»$«b64_43»=⟧", "is_superuser": true }
  },
  {
    "model": "core.template",
    "pk": 3,
    "fields": { "name": "password_reset", "body": "Use this token: {{ token }}" }
  }
]
=== tests/fixtures/cassettes/create_charge.yaml
interactions:
- request:
    body: amount=100&currency=eur&source=tok_visa
    headers:
      Authorization:
      - Bearer ⟦«stripetest»⟧
      Idempotency-Key:
      - «uuid»
      User-Agent: [Stripe/v1 PythonBindings/5.4.0]
    method: POST
    uri: https://api.stripe.com/v1/charges
  response:
    body: {string: '{"id": "ch_«alnum24»", "client_secret": null, "receipt_token": "REDACTED"}'}
    headers:
      Request-Id: [req_«alnum14»]
      Set-Cookie: ['session=<scrubbed>; path=/']
      ETag: ['"«hex32»"']
- request:
    body: null
    headers: {Authorization: [FILTERED], X-Api-Key: ['**REDACTED**']}
    uri: https://api.example.org/me?access_token=⟦«alnum40»⟧
version: 1
=== keycloak/realm-export.json
{
  "realm": "acme",
  "accessTokenLifespan": 300,
  "passwordPolicy": "length(10) and digits(1) and notUsername",
  "resetPasswordAllowed": true,
  "smtpServer": { "host": "smtp.example.org", "user": "kc@example.org", "password": "⟦«person»⟧" },
  "clients": [
    { "clientId": "portal", "secret": "⟦«alnum32»⟧", "clientAuthenticatorType": "client-secret" },
    { "clientId": "spa", "publicClient": true, "secret": "**********" }
  ],
  "users": [
    { "username": "tester", "credentials": [ { "type": "password", "value": "⟦Tester#2023⟧", "temporary": false } ] }
  ],
  "components": {
    "org.keycloak.keys.KeyProvider": [
      { "providerId": "rsa", "config": { "privateKey": ["⟦MIIEow«b64_600»⟧"], "certificate": ["MIICmz«b64_400»"], "priority": ["100"] } },
      { "providerId": "hmac-generated", "config": { "kid": ["«uuid»"], "secret": ["⟦«url86»⟧"] } }
    ]
  }
}
=== gcp/service-account.json
{
  "type": "service_account",
  "project_id": "acme-data",
  "private_key_id": "«hex40»",
  "private_key": "⟦«oneline:«pkcs8»»⟧\n",
  "client_email": "loader@acme-data.iam.gserviceaccount.com",
  "client_id": "«digit21»",
  "token_uri": "https://oauth2.googleapis.com/token",
  "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs"
}
=== gcp/token.json
{
 "token": "⟦ya29.a0«url160»⟧",
 "refresh_token": "⟦1//0«url100»⟧",
 "token_uri": "https://oauth2.googleapis.com/token",
 "client_id": "«digit12»-«lower32».apps.googleusercontent.com",
 "client_secret": "⟦GOCSPX-«url28»⟧",
 "scopes": ["https://www.googleapis.com/auth/drive.readonly"],
 "expiry": "2023-08-01T10:22:31Z"
}
=== config/default.json
{
  "server": { "port": 8080, "cookieSecret": "⟦«alnum32»⟧" },
  "auth": {
    "type": "token",
    "tokenHeader": "Authorization",
    "passwordMinLength": 8,
    "saml": { "issuer": "acme", "cert": "MIID«b64_200»", "privateKeyPath": "./certs/saml.key" }
  },
  "slack": { "token": "⟦«slackbot»⟧", "channel": "C«upper8»", "signingSecret": "⟦«hex32»⟧" },
  "jira": { "user": "bot@example.org", "apiToken": "⟦ATATT3xFfGF0«url171»=«HEX8»⟧" },
  "elastic": { "node": "https://elastic:⟦«alnum20»⟧@«host»:9200", "apiKey": null },
  "i18n": { "passwordLabel": "Password", "secret": false },
  "assets": { "app.js": "app.«hex8».js", "token.svg": "token.«hex8».svg" }
}
=== config/production.toml
[server]
bind = "0.0.0.0:443"
tls_key = "/etc/ssl/private/app.key"

[database]
url = "mysql://app:⟦«alnum16»⟧@«host»/app"
max_connections = 20

[auth]
jwt_secret = "⟦«b64_43»=⟧"
token_lifetime = "15m"
password_hash = "argon2id"
api_keys = ["⟦«hex32»⟧", "⟦«hex32»⟧"]
public_key = '''
«public»
'''

[s3]
access_key = "@@S3_ACCESS_KEY@@"
secret_key = "@@S3_SECRET_KEY@@"
endpoint = "https://s3.example.org"

[smtp]
password = { env = "SMTP_PASSWORD" }
=== etc/tomcat/server.xml
<Server port="8005" shutdown="⟦?SHUTDOWN_«upper8»⟧">
  <GlobalNamingResources>
    <Resource name="jdbc/crm" auth="Container" type="javax.sql.DataSource"
              username="crm" password="⟦«alnum14»⟧" driverClassName="org.postgresql.Driver"
              url="jdbc:postgresql://«host»/crm"/>
  </GlobalNamingResources>
  <Connector port="8443" SSLEnabled="true" keystoreFile="conf/keystore.p12" keystorePass="⟦«person»⟧" keyAlias="tomcat"/>
  <Realm className="org.apache.catalina.realm.JDBCRealm" userTable="users" userNameCol="name" userCredCol="password"/>
</Server>
=== .idea/dataSources.xml
<?xml version="1.0" encoding="UTF-8"?>
<project version="4">
  <component name="DataSourceManagerImpl" format="xml">
    <data-source source="LOCAL" name="crm@prod" uuid="«uuid»">
      <driver-ref>postgresql</driver-ref>
      <jdbc-url>jdbc:postgresql://«host»:5432/crm?user=crm&amp;password=⟦«alnum16»⟧</jdbc-url>
      <secret-storage>master_key</secret-storage>
      <user-name>crm</user-name>
    </data-source>
  </component>
</project>
=== logs/app-2023-06-01.log
2023-06-01 08:00:01,112 INFO  [main] Starting with token cache size 1000
2023-06-01 08:00:01,499 DEBUG [main] Connecting jdbc:mysql://«host»/app?user=app&password=⟦«alnum12»⟧
2023-06-01 08:00:03,017 WARN  [http-3] Login failed for user martin: wrong password
2023-06-01 08:00:04,220 INFO  [http-1] GET /reset?token=⟦?«hex32»⟧ 200
2023-06-01 08:00:05,001 DEBUG [http-2] headers={host=api.example.org, authorization=Bearer ⟦«jwt»⟧, x-request-id=«uuid»}
2023-06-01 08:00:05,443 ERROR [http-2] Token expired at 2023-05-31T23:59:59Z
2023-06-01 08:00:07,880 INFO  [http-2] login {"user":"nina","password":"[FILTERED]","ip":"10.0.0.7"}
2023-06-01 08:00:09,125 DEBUG [pool-1] login request: user=nina&password=⟦«person»⟧
2023-06-01 08:00:10,300 INFO  [pool-1] trace=«hex32» span=«hex16» secret rotation skipped
2023-06-01 08:00:11,900 INFO  [pool-1] checked out commit «hex40»
=== logs/pipeline.txt
Running with gitlab-runner 16.1.0 («hex8»)
Preparing environment
$ export DB_PASSWORD=[MASKED]
$ ./deploy.sh --user deploy --password ⟦«strong»⟧
Login Succeeded
WARNING! Using --password via the CLI is insecure. Use --password-stdin.
Step 4/9 : ARG NPM_TOKEN
 ---> Using cache
 ---> «hex12»
digest: sha256:«hex64» size: 1573
+ curl -sf -H 'X-Vault-Token: ⟦«vault»⟧' https://vault.example.org/v1/secret/data/app
Password:
Job succeeded
=== src/i18n/fr.json
{
  "login": {
    "password": "Mot de passe",
    "passwordPlaceholder": "Saisissez votre mot de passe",
    "forgotPassword": "Mot de passe oublié ?",
    "submit": "Connexion"
  },
  "errors": {
    "invalid_token": "Jeton invalide ou expiré",
    "password_too_short": "Le mot de passe doit contenir au moins {min} caractères",
    "secret_missing": "Secret manquant"
  },
  "apiKeys": {
    "title": "Clés d'API",
    "token": "Jeton",
    "secret": "Secret",
    "copy": "Copier-la-clé"
  }
}
=== locale/es/LC_MESSAGES/django.po
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"

#: accounts/forms.py:21
msgid "Password"
msgstr "Contraseña"

#: accounts/forms.py:22
msgid "Password confirmation"
msgstr "Confirmación-de-contraseña"

msgid "token"
msgstr "ficha"

msgid "Your API secret: %(secret)s"
msgstr "Su secreto de API: %(secret)s"
=== package-lock.json
{
  "name": "portal",
  "lockfileVersion": 3,
  "packages": {
    "node_modules/jsonwebtoken": {
      "version": "9.0.2",
      "resolved": "https://registry.npmjs.org/jsonwebtoken/-/jsonwebtoken-9.0.2.tgz",
      "integrity": "«sha512»"
    },
    "node_modules/js-tokens": {
      "version": "4.0.0",
      "integrity": "«sha512»",
      "license": "MIT"
    },
    "node_modules/@acme/secrets": {
      "resolved": "git+https://x-token-auth:⟦ATCTT3xFfGN0«url150»=«HEX8»⟧@bitbucket.org/acme/secrets.git#«hex40»",
      "version": "1.0.0"
    }
  }
}
=== poetry.lock
[[package]]
name = "tokenize-rt"
version = "5.2.0"
description = "A wrapper around the stdlib `tokenize` which roundtrips."
files = [
    {file = "tokenize_rt-5.2.0-py2.py3-none-any.whl", hash = "sha256:«hex64»"},
    {file = "tokenize_rt-5.2.0.tar.gz", hash = "sha256:«hex64»"},
]

[package.source]
type = "legacy"
url = "https://pypi.example.org/simple"

[metadata]
content-hash = "«hex64»"
=== gen/auth.pb.go
// Code generated by protoc-gen-go. DO NOT EDIT.
package authpb

type LoginRequest struct {
	Username string `protobuf:"bytes,1,opt,name=username,proto3" json:"username,omitempty"`
	Password string `protobuf:"bytes,2,opt,name=password,proto3" json:"password,omitempty"`
}

func (x *LoginRequest) GetPassword() string {
	if x != nil {
		return x.Password
	}
	return ""
}

type TokenType int32

const (
	TokenType_TOKEN_UNSPECIFIED TokenType = 0
	TokenType_TOKEN_REFRESH     TokenType = 1
	TokenType_API_KEY           TokenType = 2
)

var TokenType_value = map[string]int32{"TOKEN_UNSPECIFIED": 0, "TOKEN_REFRESH": 1, "API_KEY": 2}

var file_auth_proto_rawDesc = "\n\x0aauth.proto\x12\x06authpb\x1a\x08password\x22\x05token"
=== graphql/schema.graphql
type Mutation {
  login(email: String!, password: String!): AuthPayload!
  resetPassword(token: String!, newPassword: String!): Boolean!
  createApiKey(name: String = "default", secret: String = ""): ApiKey!
}
"A token and its user"
type AuthPayload { token: String! user: User! }
type ApiKey { id: ID! key: String! lastFour: String! }
enum CredentialKind { PASSWORD TOKEN API_KEY }
=== migrations/0007_default_keys.py
from django.db import migrations, models
import uuid

def add_partner(apps, schema_editor):
    Partner = apps.get_model("partners", "Partner")
    Partner.objects.create(name="Spedition Huber", api_key="⟦«alnum32»⟧", webhook_secret="⟦«hex40»⟧")

class Migration(migrations.Migration):
    dependencies = [("partners", "0006_token_length")]
    operations = [
        migrations.AddField(model_name="partner", name="password", field=models.CharField(default="", max_length=128, verbose_name="password")),
        migrations.AddField(model_name="partner", name="token", field=models.UUIDField(default=uuid.uuid4)),
        migrations.RunPython(add_partner, migrations.RunPython.noop),
    ]
=== alembic.ini
[alembic]
script_location = alembic
prepend_sys_path = .
sqlalchemy.url = postgresql+psycopg2://crm:⟦«alnum14»⟧@localhost/crm
# sqlalchemy.url = driver://user:pass@localhost/dbname

[loggers]
keys = root,sqlalchemy,alembic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
=== secrets.enc.yaml
db_password: ENC[AES256_GCM,data:«b64_22»==,iv:«b64_43»=,tag:«b64_22»==,type:str]
api_token: ENC[AES256_GCM,data:«b64_54»==,iv:«b64_43»=,tag:«b64_22»==,type:str]
sops:
    age:
        - recipient: age1«lower58»
          enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
            «b64_64»
            «b64_30»==
            -----END AGE ENCRYPTED FILE-----
    lastmodified: "2024-02-02T09:00:00Z"
    mac: ENC[AES256_GCM,data:«b64_86»==,iv:«b64_43»=,tag:«b64_22»==,type:str]
=== .secrets.baseline
{
  "version": "1.4.0",
  "plugins_used": [{ "name": "AWSKeyDetector" }, { "name": "KeywordDetector", "keyword_exclude": "" }, { "name": "Base64HighEntropyString", "limit": 4.5 }],
  "results": {
    "config/default.json": [
      { "type": "Secret Keyword", "filename": "config/default.json", "hashed_secret": "«hex40»", "is_verified": false, "line_number": 2 }
    ]
  },
  "generated_at": "2023-09-01T12:00:00Z"
}
=== esphome/keller.yaml
esphome:
  name: keller
wifi:
  ssid: !secret wifi_ssid
  password: !secret wifi_password
  ap:
    ssid: "Keller Fallback"
    password: "⟦«alnum12»⟧"
api:
  encryption:
    key: "⟦«b64_43»=⟧"
ota:
  password: ⟦«hex32»⟧
web_server:
  auth: {username: admin, password: !secret web_password}
=== analysis/report.R
library(DBI)
con <- dbConnect(RPostgres::Postgres(), host = "«host»", user = "stats", password = "⟦«alnum12»⟧")
con2 <- dbConnect(RMariaDB::MariaDB(), password = rstudioapi::askForPassword("Database password"))
tokens <- unnest_tokens(df, word, text, token = "ngrams")
Sys.setenv(CENSUS_KEY = "⟦«hex40»⟧")
key <- keyring::key_get("stats-db")
github_pat <- Sys.getenv("GITHUB_PAT")
=== lib/acme/client.ex
defmodule Acme.Client do
  @api_key Application.compile_env(:acme, :api_key)
  @token_salt "⟦?user auth «lower6»⟧"
  @signing_key "⟦«b64_64»⟧"

  def auth_headers(token), do: [{"authorization", "Bearer " <> token}]
  def sign(conn), do: Phoenix.Token.sign(conn, @token_salt, conn.assigns.user.id)

  def changeset(user, attrs) do
    user
    |> cast(attrs, [:email, :password])
    |> validate_length(:password, min: 12, message: "password is too short")
    |> put_change(:password_hash, Bcrypt.hash_pwd_salt(attrs.password))
  end

  def repo, do: [username: "acme", password: "⟦«person»⟧", hostname: "localhost", database: "acme_dev"]
end
=== lib/config/env.dart
class Env {
  static const String apiUrl = 'https://api.example.org';
  static const String apiKey = String.fromEnvironment('API_KEY');
  static const String supabaseAnonKey = '⟦?«jwt»⟧';
  static const oneSignalAppId = '«uuid»';
  static const _clientSecret = '⟦«alnum48»⟧';
  static const tokenKey = 'access_token';
  static const passwordHint = 'Passwort eingeben';
}

final demoUser = {'email': 'demo@example.org', 'password': '⟦Fl1egenpilz⟧'};
validator: (v) => v!.length < 8 ? 'Password must have 8 characters' : null,
=== .env.sample
# copy to .env and fill in
APP_SECRET=
DATABASE_URL=postgres://user:password@localhost:5432/dbname
REDIS_PASSWORD=change-me
AWS_ACCESS_KEY_ID=AKIA«join:XXXXXXXXXXXXXXXX»
AWS_SECRET_ACCESS_KEY=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
SLACK_TOKEN=xoxb-your-token
OPENAI_API_KEY=sk-...
SMTP_PASS="{{SMTP_PASS}}"
JWT_SECRET=use_a_long_random_string_here
GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxx
STRIPE_KEY=sk_test_XXXXXXXXXXXX
ADMIN_PASSWORD=TODO
=== infra/.env.prod.bak
DB_HOST=«host»
DB_PASS=⟦«pw»⟧
db_pwd_ro='⟦«alnum12»⟧'
MAILCHIMP=⟦«mailchimp»⟧
TWILIO_SID=«twiliosid»
TWILIO_TOKEN=⟦«hex32»⟧
TWILIO_API_SID=⟦?«twiliokey»⟧
TWILIO_API_SECRET=⟦«alnum32»⟧
SHOPIFY=⟦«shopify»⟧
SQ=⟦«square»⟧
NR_LICENSE=⟦«hex36»NRAL⟧
NEW_RELIC_USER_KEY=⟦«newrelic»⟧
CLAUDE=⟦«anthropic»⟧
AIRTABLE_PAT=⟦«airtable»⟧
NOTION=⟦«notion»⟧
LINEAR_KEY=⟦«linear»⟧
STRIPE_PUBLISHABLE=«stripepk»
STRIPE_WEBHOOK=⟦«stripehook»⟧
SNYK_TOKEN=⟦«uuid»⟧
ALGOLIA_ADMIN=⟦«hex32»⟧
ALGOLIA_APP_ID=«upper10»
RELEASE=«hex40»
NODE_OPTIONS=--max-old-space-size=4096
SESSION_DRIVER=redis
KEY_PREFIX=acme_token_
=== laravel/.env
APP_NAME=Portal
APP_KEY=⟦base64:«b64_43»=⟧
APP_URL=http://portal.test
DB_USERNAME=homestead
DB_PASSWORD=⟦?secret⟧
PUSHER_APP_ID=«digit7»
PUSHER_APP_KEY=⟦?«hex20»⟧
PUSHER_APP_SECRET=⟦«hex20»⟧
MAIL_USERNAME=«hex14»
MAIL_PASSWORD=⟦«hex14»⟧
MIX_PUSHER_APP_KEY="${PUSHER_APP_KEY}"
BROADCAST_DRIVER=pusher
=== src/WebhookVerifier.php
<?php
declare(strict_types=1);

final class WebhookVerifier
{
    private const ALGO = 'sha256';
    private const HEADER = 'X-Hub-Signature-256';

    public function __construct(private string $secret = '⟦«hex40»⟧') {}

    public function verify(string $body, string $signature): bool
    {
        return hash_equals(self::ALGO . '=' . hash_hmac(self::ALGO, $body, $this->secret), $signature);
    }

    public static function describe(): array
    {
        return ['secret' => 'The shared secret', 'token' => 'optional', 'password' => false];
    }
}
=== extension/background.js
const CLIENT_ID = "«digit12»-«lower32».apps.googleusercontent.com";
const API = "https://api.example.org/v1";
chrome.runtime.onInstalled.addListener(() => chrome.storage.local.set({ token: "", apiKey: null }));

async function translate(text) {
  const r = await fetch(`https://translate.example.org/v2?key=${await key()}&q=${encodeURIComponent(text)}`);
  return r.json();
}
const key = async () => (await chrome.storage.local.get("apiKey")).apiKey ?? atob("⟦«b64:«alnum32»»⟧");
fetch("https://app.example.org/graphql", {
  "headers": {
    "accept": "*/*",
    "authorization": "Bearer ⟦«jwt»⟧",
    "x-csrf-token": "⟦?«alnum36»⟧",
    "cookie": "_ga=GA1.2.«digit9».«digit10»; session_id=⟦«hex64»⟧; theme=dark"
  },
  "body": "{\"query\":\"{ me { tokenCount } }\"}",
  "method": "POST"
});
"""
