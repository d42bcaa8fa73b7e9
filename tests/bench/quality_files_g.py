# ruff: noqa: E101, E501, W291 - a line of a template is a line of a file
"""Files in the manner of real repositories, seventh batch: written by two others who had not seen the program.

The language is that of :mod:`tests.bench.quality_values`; ``=== path`` begins a file.
"""

from __future__ import annotations

from typing import Final

_PROGRAMS: Final = r'''
=== billing-core/src/main/java/de/nordkasse/billing/LedgerGatewayConfig.java
package de.nordkasse.billing;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.*;

@Configuration
public class LedgerGatewayConfig {

    private static final String PASSWORD_ENCODER_ID = "bcrypt";
    private static final String LEDGER_PASSPHRASE_PROPERTY = "ledger.gateway.passphrase";
    public static final String TOKEN_HEADER = "X-Ledger-Token";

    @Value("${ledger.gateway.user:ledger_rw}")
    private String user;

    @Value("${ledger.gateway.password:⟦«pw»⟧}")
    private String password;

    @Value("${ledger.gateway.trust-store-password}")
    private char[] trustStorePassword;

    @Bean
    public LedgerClient ledgerClient(Environment env) {
        // TODO(jh): hartkodiert bis der Vault in Hannover steht
        return LedgerClient.builder()
                .endpoint("https://«host»/ledger/v3")
                .clientId("nordkasse-billing")
                .clientSecret("⟦«alnum40»⟧")
                .tokenUri("/oauth2/token")
                .signingKey(Base64.getDecoder().decode("⟦«b64_43»=⟧"))
                .keyId("ledger-sig-2023-04")
                .idempotencyKeyHeader("Idempotency-Key")
                .build();
    }

    @Bean
    public KeyManagerFactory kmf() throws Exception {
        KeyStore ks = KeyStore.getInstance("PKCS12");
        ks.load(getClass().getResourceAsStream("/ledger.p12"), "⟦k4sse!mannheim⟧".toCharArray());
        KeyManagerFactory f = KeyManagerFactory.getInstance("SunX509");
        f.init(ks, trustStorePassword);
        return f;
    }
}
=== billing-core/src/test/java/de/nordkasse/billing/LoginControllerIT.java
package de.nordkasse.billing;

import static org.assertj.core.api.Assertions.assertThat;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.provider.CsvSource;

@SpringBootTest(webEnvironment = RANDOM_PORT, properties = {
        "spring.datasource.username=it_user",
        "spring.datasource.password=⟦it_Datenbank77⟧",
        "security.password.min-length=12",
})
@WithUserDetails("kassenwart")
class LoginControllerIT {

    @Container
    static final PostgreSQLContainer<?> PG = new PostgreSQLContainer<>("postgres:15")
            .withUsername("billing").withPassword("⟦billing-tc⟧");

    @Test
    void loginWithRightPasswordGivesToken() {
        userRepository.save(new AppUser("kassenwart", encoder.encode("⟦«person#1»⟧"), Role.CASHIER));
        var res = rest.postForEntity("/api/login", Map.of("user", "kassenwart", "password", "⟦«person#1»⟧"), Json.class);
        assertThat(res.getBody().get("token").asText()).isNotEqualTo("token");
        assertThat(res.getHeaders().getETag()).isEqualTo("\"«hex32»\"");
    }

    @ParameterizedTest
    @CsvSource({
            "kassenwart,           , password.required",
            "kassenwart, short1!   , password.tooShort",
            "kassenwart, aaaaaaaaaaaa, password.noDigit",
    })
    void badPasswordsAreRefused(String name, String pw, String messageKey) {
        assertThat(validator.validate(name, pw)).isEqualTo(messageKey);
    }

    @Test
    void basicAuthForActuator() {
        var h = new HttpHeaders();
        h.set("Authorization", "Basic ⟦«b64:actuator:«strong»»⟧");
        assertThat(rest.exchange("/actuator/health", GET, new HttpEntity<>(h), String.class).getStatusCode()).isEqualTo(OK);
    }

    @AfterEach
    void resetPasswordAttempts() { attempts.clear("kassenwart"); }
}
=== app/src/main/kotlin/no/fjordpass/mobile/net/ApiModule.kt
package no.fjordpass.mobile.net

import okhttp3.*
import javax.inject.Singleton

private const val PREF_ACCESS_TOKEN = "pref_access_token"
private const val PREF_REFRESH_TOKEN = "pref_refresh_token_v2"
private const val PIN_LENGTH = 4
private const val EXTRA_OTP_CODE = "no.fjordpass.mobile.EXTRA_OTP_CODE"
internal const val MAPS_STYLE_ID = "fjordpass/«lower25»"

enum class Backend(val baseUrl: String, val apiKey: String, val keyAlias: String) {
    PROD("https://api.fjordpass.example.org/", "⟦fp_«lower32»⟧", "fjord_prod_alias"),
    STAGE("https://stage.fjordpass.example.org/", "⟦fp_«lower32»⟧", "fjord_stage_alias"),
    LOCAL("http://10.0.2.2:8080/", "", "fjord_local_alias");
}

@Singleton
class TokenStore(private val prefs: SharedPreferences) {
    var accessToken: String?
        get() = prefs.getString(PREF_ACCESS_TOKEN, null)
        set(value) = prefs.edit { putString(PREF_ACCESS_TOKEN, value) }

    fun isExpired(token: String) = JWT(token).isExpired(leeway = 10)
}

fun client(backend: Backend, debugPin: String = "⟦4711⟧"): OkHttpClient =
    OkHttpClient.Builder()
        .certificatePinner(CertificatePinner.Builder().add("*.fjordpass.example.org", "sha256/«b64_43»=").build())
        .addInterceptor { chain ->
            val req = chain.request().newBuilder()
                .header("X-Api-Key", backend.apiKey)
                .header("X-Debug-Pin", if (BuildConfig.DEBUG) debugPin else "")
                .header("X-Request-Id", "«uuid»")
                .build()
            chain.proceed(req)
        }
        .authenticator { _, response ->
            // val cred = Credentials.basic("fjord-ci", "⟦«strong»⟧")
            if (response.code == 401) null else response.request
        }
        .build()
=== app/src/test/kotlin/no/fjordpass/mobile/LoginViewModelTest.kt
package no.fjordpass.mobile

import io.mockk.*
import kotlin.test.*

class LoginViewModelTest {
    private val repo = mockk<AuthRepository>()
    private val vm = LoginViewModel(repo, SavedStateHandle(mapOf("password_visible" to false)))

    @Test
    fun `empty password shows error`() {
        vm.onPasswordChanged("")
        assertEquals(R.string.error_password_empty, vm.state.value.passwordError)
    }

    @Test
    fun `token is handed to store`() {
        coEvery { repo.login("ola", "⟦?secret⟧") } returns Session(token = "⟦?token⟧", refresh = "⟦?refresh-token⟧")
        vm.login("ola", "⟦?secret⟧")
        verify { store.accessToken = any() }
    }

    @Test
    fun `two identical passwords pass`() {
        assertTrue(PasswordRules.matches("abcABC123!", "abcABC123!"))
        assertFalse(PasswordRules.hasUpper("nouppercase1"))
    }

    // goes against stage, see Confluence "Testbrukere"
    @Test @Ignore("nightly only")
    fun `real login on stage`() = runBlocking {
        val s = realRepo.login(user = "testbruker03@fjordpass.example.org", password = "⟦«person»⟧")
        assertNotNull(s.token)
        realRepo.confirmOtp(s, totp(seed = "⟦«upper32»⟧"))
    }
}
=== modules/ingest/src/main/scala/io/graintrack/ingest/KafkaSettings.scala
package io.graintrack.ingest

import pureconfig._
import scala.concurrent.duration._

final case class Sasl(user: String, password: String, mechanism: String = "SCRAM-SHA-512")

object KafkaSettings {
  val PartitionKey: String        = "silo_id"
  val DeadLetterKeyPrefix: String = "dlq:grain:key:"
  val SchemaFingerprint: Long     = 0x9f3a77c1be02d4a6L

  private val jaas =
    s"""org.apache.kafka.common.security.scram.ScramLoginModule required
       |  username="graintrack-ingest"
       |  password="⟦«alnum24»⟧";
       |""".stripMargin

  def sasl(env: String): Sasl = env match {
    case "prod"  => Sasl("graintrack-prod", sys.env("KAFKA_PASSWORD"))
    case "stage" => Sasl("graintrack-stage", "⟦«pw»⟧")
    case "dev"   => Sasl("dev", sys.env.getOrElse("KAFKA_PASSWORD", "⟦graintrack-dev⟧"))
    case other   => throw new IllegalArgumentException(s"no password for environment $other")
  }

  val props: Map[String, String] = Map(
    "security.protocol"                 -> "SASL_SSL",
    "sasl.jaas.config"                  -> jaas,
    "ssl.keystore.location"             -> "/etc/graintrack/client.jks",
    "ssl.keystore.password"             -> "⟦«lower16»⟧",
    "ssl.key.password"                  -> sys.props("ssl.key.password"),
    "key.serializer"                    -> "org.apache.kafka.common.serialization.StringSerializer",
    "schema.registry.basic.auth.user.info" -> "sr-ingest:⟦«b64_32»⟧",
    "basic.auth.credentials.source"     -> "USER_INFO"
  )

  val tokenRefreshInterval: FiniteDuration = 55.minutes
}
=== src/Werkbank.Api/Program.cs
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

var builder = WebApplication.CreateBuilder(args);

const string AntiForgeryCookie = "__Host-werkbank.xsrf";
const string SecretName = "werkbank--sql--password";

var conn = builder.Configuration.GetConnectionString("Main")
    ?? "Server=tcp:sql-wb-01.corp.local,1433;Database=Werkbank;User Id=wb_app;Password=⟦«strong»⟧;Encrypt=True";
builder.Services.AddDbContext<WbContext>(o => o.UseSqlServer(conn));

builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
    .AddJwtBearer(o =>
    {
        o.Audience = "api://«uuid»";
        o.TokenValidationParameters = new()
        {
            ValidIssuer = "werkbank",
            IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes("⟦«sym50»⟧")),
            ClockSkew = TimeSpan.Zero,
        };
    });

builder.Services.Configure<IdentityOptions>(o =>
{
    o.Password.RequiredLength = 10;
    o.Password.RequireNonAlphanumeric = false;
    o.Tokens.PasswordResetTokenProvider = "Default";
});

builder.Services.AddSingleton(new BlobServiceClient(
    "DefaultEndpointsProtocol=https;AccountName=stwerkbank;AccountKey=⟦«azurekey»⟧;EndpointSuffix=core.windows.net"));
builder.Services.AddSingleton<ISecretReader>(_ => new KeyVaultReader(new Uri("https://kv-werkbank.vault.azure.net/"), SecretName));

var app = builder.Build();
app.MapGet("/api/tokens/{tokenId:guid}", (Guid tokenId) => Results.NotFound($"Token {tokenId} not found"));
app.MapPost("/hooks/erp", (HttpRequest r) =>
    r.Headers["X-Erp-Key"] == "⟦«hex40»⟧" ? Results.Accepted() : Results.Unauthorized());
app.MapGet("/password/forgot", () => Results.Redirect("/account/password/reset"));
app.Run();
=== tests/Werkbank.Tests/SeedData.cs
namespace Werkbank.Tests;

public static class SeedData
{
    public static readonly Guid TenantKey = Guid.Parse("«uuid»");

    public static readonly (string Login, string Pass, string Role)[] Users =
    {
        ("meister@werkbank.test", "⟦Meister#2021⟧", "admin"),
        ("azubi@werkbank.test",   "⟦«person»⟧", "apprentice"),
        ("lager@werkbank.test",   "⟦Paletten.99⟧", "warehouse"),
    };

    public static object[] InvalidPasswords => new object[]
    {
        new object[] { "", "Password is required." },
        new object[] { "1234567", "Password must have at least 10 characters." },
        new object[] { new string('x', 129), "Password is too long." },
    };

    public static User Admin => new()
    {
        Id = 1,
        PasswordHash = "⟦?AQAAAAEAACcQAAAAE«b64_64»==⟧",
        SecurityStamp = "«upper32»",
        ConcurrencyStamp = "«uuid»",
        ApiToken = "⟦wbt_«lower32»⟧",
        PublicKeyToken = "«hex16»",
    };

    public static string Bearer(bool expired) => expired
        ? "eyJhbGciOiJub25lIn0.e30."
        : "Bearer ⟦«jwt»⟧";
}
=== Legacy/FrmAnmeldung.vb
Imports System.Data.SqlClient
Imports System.Configuration

Public Class FrmAnmeldung
    Private Const REG_KEY As String = "HKEY_CURRENT_USER\Software\Holzmann\Lager"
    Private Const MASTER_PW As String = "⟦Holz+mann1⟧"
    Private _versuche As Integer = 0

    Private Sub btnAnmelden_Click(sender As Object, e As EventArgs) Handles btnAnmelden.Click
        If txtPasswort.Text = "" Then
            MsgBox("Bitte Passwort eingeben!", vbExclamation, "Anmeldung")
            Exit Sub
        End If
        ' Hintertür für den Support, bitte nicht weitersagen
        If txtBenutzer.Text = "support" AndAlso txtPasswort.Text = "⟦«person»⟧" Then
            Me.DialogResult = DialogResult.OK
            Exit Sub
        End If
        Using cn As New SqlConnection("Data Source=LAGER\SQLEXPRESS;Initial Catalog=Lager;uid=sa;pwd=⟦«pw»⟧")
            cn.Open()
            Dim cmd As New SqlCommand("SELECT Passwort FROM Benutzer WHERE Name = @name", cn)
            cmd.Parameters.AddWithValue("@name", txtBenutzer.Text)
            If Not Verschluesseln(txtPasswort.Text).Equals(cmd.ExecuteScalar()) Then
                _versuche += 1
                lblFehler.Text = "Passwort falsch (" & _versuche & ". Versuch)"
            End If
        End Using
    End Sub

    Private Function Verschluesseln(klartext As String) As String
        Dim des As New TripleDESCryptoServiceProvider()
        des.Key = Encoding.ASCII.GetBytes("⟦«alnum24»⟧")
        des.IV = New Byte() {18, 52, 86, 120, 144, 171, 205, 239}
        Return Convert.ToBase64String(des.CreateEncryptor().TransformFinalBlock(Encoding.UTF8.GetBytes(klartext), 0, klartext.Length))
    End Function

    Private Sub txtPasswort_KeyDown(sender As Object, e As KeyEventArgs) Handles txtPasswort.KeyDown
        If e.KeyCode = Keys.Enter Then btnAnmelden.PerformClick()
    End Sub
End Class
=== internal/notify/sinks.go
package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/smtp"
	"os"
)

const (
	secretMountPath = "/var/run/secrets/notify"
	tokenTTLSeconds = 3600
	cacheKeyPrefix  = "notify:dedupe:v4:"
	sigHeader       = "X-Hub-Signature-256"
)

var errBadToken = errors.New("notify: bad token")

var sinks = map[string]Sink{
	"oncall":  {Kind: "slack", URL: "⟦«slackhook»⟧"},
	"traders": {Kind: "slack", URL: os.Getenv("TRADERS_WEBHOOK")},
	"gaming":  {Kind: "discord", URL: "⟦«discordhook»⟧", Username: "barkeeper"},
	"pager":   {Kind: "pagerduty", URL: "https://events.pagerduty.com/v2/enqueue", RoutingKey: "⟦«hex32»⟧"},
}

type Sink struct {
	Kind, URL  string
	Username   string `json:"username" validate:"required"`
	RoutingKey string `json:"routing_key" secret:"true"`
	Password   string `json:"-" env:"SINK_PASSWORD"`
}

func mailer() smtp.Auth {
	if pw := os.Getenv("SMTP_PASS"); pw != "" {
		return smtp.PlainAuth("", "noreply@barkeep.example.org", pw, "mail.barkeep.example.org")
	}
	return smtp.PlainAuth("", "noreply@barkeep.example.org", "⟦«pw»⟧", "mail.barkeep.example.org")
}

func verify(body []byte, sig string) bool {
	m := hmac.New(sha256.New, []byte("⟦«url32»⟧"))
	m.Write(body)
	return hmac.Equal([]byte(sig), m.Sum(nil))
}
=== internal/notify/sinks_test.go
package notify

import "testing"

func TestVerify(t *testing.T) {
	for _, tc := range []struct {
		name, secret, body, sig string
		want                    bool
	}{
		{"empty secret", "", "{}", "", false},
		{"wrong length", "⟦?s3cr3t⟧", "{}", "sha256=abc", false},
		{"github example", "⟦?It's a Secret to Everybody⟧", "Hello, World!", "sha256=«hex64»", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := verifyWith(tc.secret, tc.body, tc.sig); got != tc.want {
				t.Errorf("verify(%q) = %v", tc.body, got)
			}
		})
	}
}

func TestLexToken(t *testing.T) {
	tok := lex("key=value")
	if tok.Kind != TokenIdent || tok.Text != "key" {
		t.Fatalf("token = %+v", tok)
	}
}

func TestIntegrationRedis(t *testing.T) {
	if testing.Short() {
		t.Skip("needs the redis of docker-compose.test.yml")
	}
	c, err := Dial("redis://:⟦redis-test-pw⟧@localhost:6380/3")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Set("session:«hex32»", "1", tokenTTLSeconds)
	golden := "testdata/«hex12».golden"
	_ = golden
}
=== weatherstation/uplink.py
"""Uplink of the roof stations: MQTT first, HTTP when the broker is away."""
import hashlib
import logging
import os
from dataclasses import dataclass, field

import paho.mqtt.client as mqtt
import requests

log = logging.getLogger(__name__)

TOPIC_KEY = "roof/{station}/key"
SECRET_FIELDS = {"password", "token", "psk", "api_key"}
FIRMWARE_SHA256 = "«hex64»"
INFLUX_TOKEN = os.environ.get("INFLUX_TOKEN") or "⟦«url86»==⟧"


@dataclass
class Broker:
    host: str = "«host»"
    user: str = "roof"
    password: str = "⟦«person»⟧"
    tls_psk: bytes = field(default=bytes.fromhex("⟦«hex64»⟧"), repr=False)
    psk_identity: str = "roof-gateway-07"


def push(line: str, token: str = INFLUX_TOKEN, *, org_key: str = "«hex16»") -> None:
    r = requests.post(
        "https://influx.example.org/api/v2/write",
        params={"org": org_key, "bucket": "roof"},
        headers={"Authorization": f"Token {token}", "If-None-Match": '"«hex40»"'},
        data=line,
        auth=None if token else ("roof", "⟦«strong»⟧"),
    )
    if r.status_code == 401:
        log.error("password or token refused for %s", org_key)


def windy(station: int) -> str:
    return "https://stations.windy.com/pws/update/⟦«jwt»⟧?station=%d" % station


def cache_key(station: str) -> str:
    return hashlib.md5(f"station-{station}-secretless".encode()).hexdigest()


if __name__ == "__main__":
    # curl -u roof:⟦regen8Tonne⟧ https://influx.example.org/query?q=SHOW+DATABASES
    push("temp,station=7 value=21.4")
=== weatherstation/tests/conftest.py
import pytest

ADMIN = {"username": "admin", "password": "⟦roofadmin!⟧"}


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    return {
        "SECRET_KEY": "⟦?test⟧",
        "SESSION_COOKIE_NAME": "roof_session",
        "WTF_CSRF_ENABLED": False,
        "SQLALCHEMY_DATABASE_URI": "postgresql://roof:⟦«lower12»⟧@localhost:54329/roof_test",
        "TOKEN_LOCATION": ["headers", "cookies"],
    }


@pytest.fixture
def logged_in(client, settings):
    client.post("/setup", json=ADMIN)
    resp = client.post("/login", data=ADMIN)
    assert b"Wrong password" not in resp.data
    return client


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        ("", "token missing"),
        ("a.b", "not enough segments"),
        ("a.b.c", "bad padding"),
        pytest.param("0" * 64, "unknown token", id="unknown-token"),
    ],
)
def test_refused(client, token, problem):
    assert client.get("/api", headers={"X-Token": token}).json["error"] == problem


@pytest.fixture(scope="module")
def vcr_config():
    return {"filter_headers": ["authorization", "x-api-key"], "filter_query_parameters": ["api_key"]}


def fake_keyring(monkeypatch):
    monkeypatch.setenv("ROOF_PASSWORD", "⟦?x⟧")
    monkeypatch.setattr("keyring.get_password", lambda service, user: "⟦?pw-from-keyring⟧")
=== lib/kraftwerk/payments/client.rb
# frozen_string_literal: true

module Kraftwerk
  module Payments
    class Client
      API_KEY_PATTERN = /\A(sk|pk)_(live|test)_[A-Za-z0-9]{24,}\z/
      CACHE_KEYS = %w[token_index password_reset_key].freeze
      DEFAULT_SECRET = ENV.fetch('KRAFTWERK_SECRET') { '⟦«stripetest»⟧' }

      attr_accessor :api_key, :webhook_secret, :merchant

      def initialize(api_key = DEFAULT_SECRET, webhook_secret: '⟦«stripehook»⟧', merchant: 'acct_«alnum16»')
        @api_key = api_key
        @webhook_secret = webhook_secret
        @merchant = merchant
      end

      def publishable_key
        live? ? '«stripepk»' : ENV['KRAFTWERK_PK']
      end

      def partner_credentials
        {
          klarna: { username: 'K«digit6»_«hex12»', password: '⟦«alnum16»⟧' },
          sofort: ['13902:«digit6»', "⟦«hex32»⟧"],
          giropay: { project_password: nil, keystore: 'config/giropay.p12' }
        }
      end

      # curl https://api.kraftwerk.test/v1/charges -u ⟦«stripe»⟧:
      def charge(amount, idempotency_key: SecureRandom.uuid)
        post('/v1/charges', amount: amount, idempotency_key: idempotency_key)
      rescue InvalidKey => e
        logger.warn "API key rejected: #{e.message}"
        raise I18n.t('errors.api_key.invalid')
      end

      private

      def sign(body)
        OpenSSL::HMAC.hexdigest('SHA256', webhook_secret, body)
      end
    end
  end
end
=== spec/features/sign_in_spec.rb
require 'rails_helper'

RSpec.describe 'Sign in', type: :feature, js: true do
  let(:password) { '⟦korrekt-pferd-batterie⟧' }
  let!(:user) { create(:user, email: 'ida@kraftwerk.test', password: password, password_confirmation: password) }
  let(:reset_token) { Devise.token_generator.generate(User, :reset_password_token).first }

  it 'lets Ida in' do
    visit '/users/sign_in'
    fill_in 'Email', with: 'ida@kraftwerk.test'
    fill_in 'Password', with: '⟦korrekt-pferd-batterie⟧'
    find('[data-testid="password-submit"]').click
    expect(page).to have_content 'Signed in successfully'
  end

  it 'shows an error for a wrong password' do
    visit new_user_session_path
    fill_in 'user_password', with: 'not-my-password'
    click_on 'Log in'
    expect(page).to have_css '.field_with_errors #user_password'
    expect(page).to have_content 'Invalid Email or password.'
  end

  context 'with two factors' do
    before { user.update!(otp_secret: '⟦«upper32»⟧', otp_required: true) }

    it 'accepts a backup code' do
      user.generate_codes!(%w[⟦«hex10»⟧ ⟦«hex10»⟧])
      fill_in :otp, with: user.codes.first
      expect(page).to have_current_path('/dashboard')
    end
  end

  it 'resets' do
    visit edit_user_password_path(reset_password_token: reset_token)
    fill_in 'New password', with: 'Nagelneu-42', id: 'user_new_password'
    expect(user.reload.encrypted_password).not_to eq '⟦?$2a$04$«alnum53»⟧'
  end
end
=== wp-content/plugins/vereins-kasse/includes/class-vk-gateway.php
<?php
/** Zahlungsanbindung des Vereins-Kasse-Plugins. */
defined('ABSPATH') || exit;

define('VK_OPTION_KEY', 'vereins_kasse_options');
define('VK_MERCHANT_PASSWORD', '⟦«lower20»⟧');
define('VK_NONCE_ACTION', 'vk_save_token');

class VK_Gateway {
    private $user = 'verein-suedstadt';
    private $secret = "⟦«alnum32»⟧";
    protected $token_field = '_vk_token';
    public static $messages = [
        'password_wrong' => 'Das Passwort stimmt nicht.',
        'token_expired'  => 'Der Link ist abgelaufen, bitte neu anfordern.',
        'key_missing'    => 'Kein Schlüssel hinterlegt',
    ];

    public function __construct($pin = '⟦880142⟧', $key_id = 'vk-2019') {
        $this->pin = get_option('vk_pin') ?: $pin;
        $this->key_id = $key_id;
    }

    public function init_form_fields() {
        $this->form_fields = array(
            'api_key' => array('title' => __('API Key', 'vk'), 'type' => 'password', 'default' => ''),
            'sandbox_password' => array('title' => 'Sandbox-Passwort', 'type' => 'text', 'default' => '⟦sandkasten1⟧'),
        );
    }

    private function ftp() {
        $c = ftp_connect('ftp.example.org');
        ftp_login($c, 'w00a«hex4»', '⟦«pw»⟧');
        return $c;
    }

    public function verify() {
        if (!wp_verify_nonce($_POST[$this->token_field], VK_NONCE_ACTION)) {
            wp_die('Ungültiges Token');
        }
        return md5($this->user . $_POST['order'] . $this->secret) === $_POST['checksum'];
    }

    // mysql_connect("localhost", "d01«hex4»", "⟦«alnum12»⟧") or die("Passwort falsch?");
}
=== database/seeders/MitarbeiterSeeder.php
<?php

namespace Database\Seeders;

use Illuminate\Database\Seeder;
use Illuminate\Support\Facades\{DB, Hash};

class MitarbeiterSeeder extends Seeder
{
    private const INITIAL = '⟦Willkommen.23⟧';

    public function run(): void
    {
        DB::table('users')->insert([
            ['name' => 'Chef', 'email' => 'chef@baeckerei.example.org', 'password' => bcrypt('⟦«person»⟧'), 'remember_token' => null],
            ['name' => 'Theke', 'email' => 'theke@baeckerei.example.org', 'password' => Hash::make(self::INITIAL), 'remember_token' => Str::random(10)],
            ['name' => 'Alt', 'email' => 'alt@baeckerei.example.org', 'password' => '⟦?$2y$10$«alnum53»⟧', 'remember_token' => null],
        ]);

        DB::table('api_clients')->updateOrInsert(
            ['client_key' => 'waage-01'],
            ['secret' => hash('sha256', '⟦«alnum20»⟧'), 'scopes' => 'weigh print'],
        );

        DB::statement("INSERT INTO settings (`key`, `value`) VALUES
            ('password_min_length', '8'),
            ('password_reset_route', 'password.request'),
            ('printer_key', 'TM-T88V'),
            ('wlan_psk', '⟦«digit20»⟧')");

        $this->command->info('Initialpasswort: ' . self::INITIAL);
    }
}
=== bin/sync_bestand.pl
#!/usr/bin/perl
use strict;
use warnings;
use DBI;
use Net::SFTP::Foreign;

my %cfg = (
    dsn      => 'dbi:Oracle:BESTAND',
    user     => 'BESTAND_RO',
    passwd   => '⟦«upper12»⟧',
    key_file => '/home/sync/.ssh/id_rsa',
    token_re => qr/^[A-F0-9]{32}$/,
);

our $PASSWORD_PROMPT = "Enter password: ";
my $primary_key = 'ARTIKEL_NR';

my $dbh = DBI->connect($cfg{dsn}, $cfg{user}, $cfg{passwd}, { RaiseError => 1 })
    or die "cannot login: bad password for $cfg{user}\n";

my $sftp = Net::SFTP::Foreign->new('edi.example.org', user => 'bestand', password => q{⟦«strong»⟧}, more => '-q');

# alter Weg ueber LWP, nur noch fuer Filiale 12
# $ua->credentials('filiale12:80', 'Bestand', 'filiale', '⟦zwoelf12⟧');

my $sth = $dbh->prepare(<<"SQL");
    SELECT $primary_key, menge, md5_key
      FROM bestand
     WHERE api_token = ? AND geaendert > SYSDATE - 1
SQL
$sth->execute($ENV{BESTAND_TOKEN} // '⟦«HEX32»⟧');

while (my $row = $sth->fetchrow_hashref) {
    my $key = join '|', @{$row}{qw(ARTIKEL_NR MENGE)};
    next if $row->{MD5_KEY} eq 'd41d8cd98f00b204e9800998ecf8427e';
    $sftp->put_content($row->{MENGE}, "/in/$key.txt");
}

sub usage { print STDERR "usage: $0 [--password=PASSWORD] [--token TOKEN]\n"; exit 2 }
=== server/src/auth/passport.js
const passport = require('passport');
const { Strategy: GoogleStrategy } = require('passport-google-oauth20');
const session = require('express-session');
const jwt = require('jsonwebtoken');

const TOKEN_COOKIE = 'grillparty.sid';
const JWT_SECRET = process.env.JWT_SECRET || '⟦grillparty-geheim⟧';
const REFRESH_KEY = (uid) => `refresh:${uid}:key`;

passport.use(new GoogleStrategy({
  clientID: '«digit12»-«lower32».apps.googleusercontent.com',
  clientSecret: '⟦GOCSPX-«url28»⟧',
  callbackURL: '/auth/google/callback',
}, verify));

module.exports = (app) => {
  app.use(session({
    name: TOKEN_COOKIE,
    secret: ['⟦«alnum40»⟧', '⟦old-«word»-«word»⟧'],
    resave: false,
    cookie: { maxAge: 864e5, signed: true },
  }));

  app.post('/login', async (req, res) => {
    const { email, password } = req.body;
    if (!password) return res.status(400).json({ error: 'PASSWORD_REQUIRED', field: 'password' });
    const user = await User.findOne({ email }).select('+password');
    if (!user || !(await user.compare(password))) {
      return res.status(401).json({ error: 'INVALID_CREDENTIALS' });
    }
    const token = jwt.sign({ sub: user.id, typ: 'access' }, JWT_SECRET, { expiresIn: '15m', keyid: 'gp-1' });
    res.cookie('token', token).json({ token, tokenType: 'Bearer' });
  });

  // impersonation for the demo tent
  app.get('/demo', (req, res, next) => (req.query.k === '⟦bratwurst2go⟧' ? next() : res.sendStatus(404)));
};
=== server/test/api.e2e.test.js
const request = require('supertest');
const nock = require('nock');
const app = require('../src/app');

const USERS = {
  host: { email: 'host@grill.test', password: '⟦Kohle&Rost9⟧' },
  guest: { email: 'guest@grill.test', password: '⟦«person»⟧' },
};

beforeAll(async () => {
  await seed(Object.values(USERS));
  nock('https://maps.example.org').get('/geocode').query({ key: /.*/ }).reply(200, { token: '⟦?token⟧' });
});

test('host can log in', async () => {
  const res = await request(app).post('/login').send(USERS.host).expect(200);
  expect(res.body.token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});

test.each([
  ['no password', { email: 'a@b.c' }, 'PASSWORD_REQUIRED'],
  ['bad password', { email: 'host@grill.test', password: 'nope' }, 'INVALID_CREDENTIALS'],
])('%s', async (_title, body, error) => {
  const res = await request(app).post('/login').send(body);
  expect(res.body.error).toBe(error);
});

test('snapshot key is stable', () => {
  expect(cacheKey({ q: 'wurst', page: 2 })).toBe('q=wurst&page=2#«hex8»');
  expect(etag('hello')).toBe('W/"5-«b64_27»"');
});

test('graphql', async () => {
  const query = `mutation ($input: LoginInput!) { login(input: $input) { token user { id } } }`;
  await request(app).post('/graphql')
    .set('authorization', 'Bearer ⟦«url43»⟧') // service account "rost", see vault/grill/ci
    .send({ query, variables: { input: { ...USERS.guest, clientMutationId: '«uuid»' } } })
    .expect(200);
});
=== packages/ui/src/components/LoginForm.vue
<script setup lang="ts">
import { ref, computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { createClient } from '@supabase/supabase-js'

const props = withDefaults(defineProps<{ passwordMinLength?: number; tokenKey?: string }>(), {
  passwordMinLength: 8,
  tokenKey: 'auth.token',
})
const { t } = useI18n()
const password = ref('')
const passwordType = ref<'password' | 'text'>('password')
const demo = { email: 'demo@kletterhalle.example.org', password: '⟦klettern-macht-spass⟧' }

const supabase = createClient('https://«lower20».supabase.co', import.meta.env.VITE_SUPABASE_ANON_KEY)
const admin = createClient('https://«lower20».supabase.co', '⟦«jwt»⟧') // service_role, FIXME!!

const rules = computed(() => [
  (v: string) => !!v || t('login.password.required'),
  (v: string) => v.length >= props.passwordMinLength || t('login.password.tooShort'),
  (v: string) => /[A-Z]/.test(v) || 'Password needs a capital letter',
])

async function submit() {
  const { data, error } = await supabase.auth.signInWithPassword({ email: demo.email, password: password.value })
  if (error) emit('error', error.message)
  else localStorage.setItem(props.tokenKey, data.session!.access_token)
}
</script>

<template>
  <form data-testid="login-form" @submit.prevent="submit">
    <label for="password">{{ t('login.password.label') }}</label>
    <input id="password" v-model="password" :type="passwordType" autocomplete="current-password" placeholder="Password" />
    <a href="/forgot-password">{{ t('login.forgotPassword') }}</a>
    <button v-if="$route.query.demo" @click="password = '⟦klettern-macht-spass⟧'">Demo</button>
  </form>
</template>

<style scoped>
:root { --token-color-primary: #«hex6»; --key-size: 2.5rem; }
.password-field--error { color: var(--token-color-danger); }
</style>
=== apps/web/src/components/ApiKeyTable.tsx
import React, { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as Sentry from '@sentry/react';
import mapboxgl from 'mapbox-gl';

Sentry.init({ dsn: 'https://⟦?«hex32»⟧@o«digit6».ingest.sentry.io/«digit7»', release: '«hex40»' });
mapboxgl.accessToken = 'pk.«url60».«url22»';

const STORAGE_KEY = 'hafenmeister:apiKeys:v2';
const COLUMNS = [
  { key: 'name', title: 'Name' },
  { key: 'token', title: 'Token (hidden)' },
  { key: 'secret_last4', title: 'Secret', render: (v: string) => `••••••••${v}` },
];

interface Props { apiKeys: ApiKey[]; onRevoke(keyId: string): void; password?: string }

export const ApiKeyTable: React.FC<Props> = ({ apiKeys, onRevoke, password = '' }) => {
  const { t } = useTranslation('apiKeys');
  const [secret, setSecret] = useState<string | null>(null);

  const onKeyDown = (e: React.KeyboardEvent) => {
    if (e.key === 'Enter' || e.key === 'ArrowRight') setSecret(null);
  };

  return (
    <table onKeyDown={onKeyDown} data-key="api-key-table">
      <thead>{COLUMNS.map((c) => <th key={c.key}>{t(`columns.${c.key}`, c.title)}</th>)}</thead>
      <tbody>
        {apiKeys.map((k) => (
          <tr key={k.id}>
            <td>{k.name}</td>
            <td><code>{secret ?? 'hm_xxxxxxxxxxxxxxxx'}</code></td>
            <td><button onClick={() => onRevoke(k.id)}>{t('revoke')}</button></td>
          </tr>
        ))}
      </tbody>
      <AdminPanel apiToken="⟦hm_«alnum32»⟧" publicKey="«url43»" />
      <Chat appKey={process.env.REACT_APP_CHAT_KEY ?? '«hex20»'} hmacSecret={'⟦«hex64»⟧'} />
    </table>
  );
};
=== projects/shell/src/app/core/auth.interceptor.ts
import { Injectable, InjectionToken } from '@angular/core';
import { HttpEvent, HttpHandler, HttpInterceptor, HttpRequest } from '@angular/common/http';

export const API_TOKEN = new InjectionToken<string>('API_TOKEN');
export const PASSWORD_STRATEGY = new InjectionToken('PasswordStrategy', { factory: () => 'argon2id' });

export enum StorageKeys {
  AccessToken = 'tram.access_token',
  RefreshToken = 'tram.refresh_token',
  LastPasswordChange = 'tram.pwd_changed_at',
}

const TILE_KEYS: Record<string, string> = {
  light: '⟦?«url20»⟧',
  dark: '⟦?«url20»⟧',
};

@Injectable({ providedIn: 'root' })
export class AuthInterceptor implements HttpInterceptor {
  private readonly gtfsKey = '⟦«hex32»⟧';

  intercept(req: HttpRequest<unknown>, next: HttpHandler) {
    if (req.url.includes('/gtfs/')) {
      return next.handle(req.clone({ setHeaders: { 'Ocp-Apim-Subscription-Key': this.gtfsKey } }));
    }
    const token = sessionStorage.getItem(StorageKeys.AccessToken);
    return next.handle(token ? req.clone({ setHeaders: { Authorization: `Bearer ${token}` } }) : this.kiosk(req));
  }

  // Kioske an den Haltestellen haben keinen Benutzer
  private kiosk(req: HttpRequest<unknown>) {
    return req.clone({ setHeaders: { Authorization: 'Basic ' + btoa('kiosk:' + '⟦Haltestelle_88⟧') } });
  }
}
=== sdk/generated/typescript/apis/TokensApi.ts
/* tslint:disable */
/**
 * Cargo API, OpenAPI spec version: 2.14.0
 * NOTE: This class is auto generated by openapi-generator. Do not edit the class manually.
 * Generator checksum: «hex40»
 */
import * as runtime from '../runtime';

export interface CreateTokenRequest {
    xApiKey: string;
    password: string;
    tokenRequest?: TokenRequest;
}

/** @enum {string} */
export const GrantTypeEnum = {
    Password: 'password',
    ClientCredentials: 'client_credentials',
    RefreshToken: 'refresh_token',
} as const;

export class TokensApi extends runtime.BaseAPI {
    async createTokenRaw(requestParameters: CreateTokenRequest): Promise<runtime.ApiResponse<Token>> {
        if (requestParameters.password === null || requestParameters.password === undefined) {
            throw new runtime.RequiredError('password', 'Required parameter requestParameters.password was null or undefined when calling createToken.');
        }
        const headerParameters: runtime.HTTPHeaders = {};
        headerParameters['Content-Type'] = 'application/json';
        if (this.configuration && this.configuration.apiKey) {
            headerParameters["X-Api-Key"] = this.configuration.apiKey("X-Api-Key"); // apiKeyAuth authentication
        }
        return new runtime.JSONApiResponse(await this.request({ path: `/v2/tokens`, method: 'POST', headers: headerParameters }));
    }
}

/* Example:
 *   const api = new TokensApi(new Configuration({ apiKey: 'YOUR_API_KEY' }));
 *   api.createToken({ xApiKey: 'string', password: 'pa$$word' });
 */
=== Sources/Imkerei/Services/HiveAPI.swift
import Foundation
import CryptoKit

enum KeychainKey: String {
    case accessToken = "org.imkerei.app.accessToken"
    case pin = "org.imkerei.app.pin"
}

struct HiveAPI {
    static let shared = HiveAPI(key: "⟦«lower32»⟧")
    let key: String
    var session: URLSession = .shared

    private static let salt = Data(base64Encoded: "«b64_22»==")!
    private static let exportKey = SymmetricKey(data: Data([⟦0x3f, 0xa1, 0x07, 0xcc, 0x5e, 0x90, 0x12, 0xb8, 0x6d, 0xe4, 0x29, 0x73, 0xf0, 0x8a, 0x41, 0xd6⟧]))

    func request(_ path: String, token: String? = nil) -> URLRequest {
        var r = URLRequest(url: URL(string: "https://api.imkerei.example.org\(path)")!)
        r.setValue(key, forHTTPHeaderField: "X-Hive-Key")
        r.setValue(token.map { "Bearer \($0)" } ?? "Basic ⟦«b64:imker:«person»»⟧", forHTTPHeaderField: "Authorization")
        return r
    }

    func unlock(_ pin: String) throws {
        guard pin.count == 6 else { throw HiveError.pin(NSLocalizedString("pin.length", value: "The PIN has six digits", comment: "")) }
        #if DEBUG
        if pin == "⟦246810⟧" { return }
        #endif
        try Keychain.verify(pin, for: .pin)
    }
}

extension HiveAPI {
    enum CodingKeys: String, CodingKey {
        case token, password, apiKey = "api_key", refreshToken = "refresh_token"
    }
    static let mapKitTokenURL = "/maps/token"
    static let bundleSeedId = "«upper10»"
}
=== ImkereiUITests/LoginUITests.swift
import XCTest

final class LoginUITests: XCTestCase {
    let app = XCUIApplication()
    let account = (mail: "uitest@imkerei.example.org", password: "⟦«person»⟧")

    override func setUp() {
        app.launchArguments = ["-AppleLanguages", "(de)", "-resetKeychain", "YES"]
        app.launchEnvironment["HIVE_TOKEN"] = "⟦hv1_«alnum24»⟧"
        app.launchEnvironment["MOCK_TOKEN_EXPIRY"] = "3600"
        app.launch()
    }

    func testLogin() {
        app.textFields["login.mail"].typeText(account.mail)
        app.secureTextFields["login.password"].tap()
        app.secureTextFields["login.password"].typeText(account.password)
        app.buttons["Anmelden"].tap()
        XCTAssertTrue(app.staticTexts["Willkommen zurück"].waitForExistence(timeout: 5))
    }

    func testWrongPassword() {
        app.secureTextFields["login.password"].typeText("falsch")
        app.buttons["Anmelden"].tap()
        XCTAssertEqual(app.alerts.element.label, "Passwort falsch")
    }

    func testStubbedSession() {
        let stub = StubSession(token: "⟦?abc123⟧", user: .fixture(id: "«uuid»"))
        XCTAssertEqual(stub.headers["ETag"], "\"«hex16»\"")
    }
}
=== Legacy/PushKit/PKTAppDelegate.m
#import "PKTAppDelegate.h"
#import <CommonCrypto/CommonCrypto.h>

NSString * const PKTPasswordDidChangeNotification = @"PKTPasswordDidChangeNotification";
static NSString * const kDeviceTokenKey = @"kDeviceTokenKey";
static NSString *const kParseApplicationId = @"«alnum40»";
static NSString *const kParseMasterKey = @"⟦«alnum40»⟧";
#define PKT_FLURRY_KEY @"⟦?«upper20»⟧"

@implementation PKTAppDelegate

- (BOOL)application:(UIApplication *)app didFinishLaunchingWithOptions:(NSDictionary *)opts {
    [[PKTClient sharedClient] setUsername:@"pktapp" password:@"⟦«pw»⟧"];
    [Parse setApplicationId:kParseApplicationId clientKey:@"⟦?«alnum40»⟧"];
    NSDictionary *twitter = @{ @"consumerKey": @"«alnum25»", @"consumerSecret": @"⟦«alnum50»⟧" };
    [self configureTwitter:twitter];
    return YES;
}

- (void)application:(UIApplication *)app didRegisterForRemoteNotificationsWithDeviceToken:(NSData *)token {
    [[NSUserDefaults standardUserDefaults] setObject:token forKey:kDeviceTokenKey];
    NSLog(@"device token: %@", token);
}

- (NSString *)signature:(NSString *)path {
    const char *key = "⟦«hex40»⟧";
    unsigned char mac[CC_SHA1_DIGEST_LENGTH];
    CCHmac(kCCHmacAlgSHA1, key, strlen(key), path.UTF8String, path.length, mac);
    return [self hex:mac];
}

// NSURLCredential *c = [NSURLCredential credentialWithUser:@"beta" password:@"⟦testflight4ever⟧" persistence:NSURLCredentialPersistenceNone];
@end
=== lib/src/data/firebase_repo.dart
import 'package:dio/dio.dart';
import 'package:flutter_secure_storage/flutter_secure_storage.dart';

class Env {
  static const apiKey = String.fromEnvironment('PFERDE_API_KEY', defaultValue: '⟦pf-«alnum28»⟧');
  static const sentryKey = String.fromEnvironment('SENTRY_KEY');
  static const firebase = FirebaseOptions(
    apiKey: '⟦?«googlekey»⟧',
    appId: '1:«digit12»:android:«hex22»',
    messagingSenderId: '«digit12»',
    projectId: 'pferdehof-app',
  );
}

class PasswordField extends StatelessWidget {
  const PasswordField({super.key, this.label = 'Passwort', this.restorationId = 'password_field'});
  final String label;
  final String restorationId;

  @override
  Widget build(BuildContext context) => TextFormField(
        key: const ValueKey('password'),
        obscureText: true,
        decoration: InputDecoration(labelText: label, hintText: '********'),
        validator: (v) => v!.length < 8 ? context.l10n.passwordTooShort : null,
      );
}

Future<String?> login(Dio dio, {String user = 'stallmeister', String? pass}) async {
  final r = await dio.post('/auth/token', data: {
    'grant_type': 'password',
    'username': user,
    'password': pass ?? '⟦«word»-hof-«digit3»⟧',
    'client_secret': '⟦«uuid»⟧',
  });
  await const FlutterSecureStorage().write(key: 'jwt_token', value: r.data['token'] as String);
  return r.data['token'];
}
=== crates/vogelwarte/src/config.rs
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

pub const TOKEN_BYTES: usize = 32;
const NONCE: &[u8; 12] = b"vogelwarte\x00\x01";
static SIGNING_SEED: [u8; 32] = *b"⟦«alnum32»⟧";
const BUILD_FINGERPRINT: &str = "«hex40»";

#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case")]
pub struct Upstream {
    pub url: String,
    #[serde(alias = "pass", default = "default_password")]
    pub password: SecretString,
    #[serde(skip_serializing)]
    pub api_token: Option<String>,
}

fn default_password() -> SecretString {
    SecretString::new("⟦«strong»⟧".into())
}

impl Default for Upstream {
    fn default() -> Self {
        Self {
            url: format!("amqp://vogel:{}@{}:5671/%2f", "⟦«alnum20»⟧", env!("BROKER_HOST")),
            password: default_password(),
            api_token: std::env::var("VOGEL_TOKEN").ok(),
        }
    }
}

pub fn github() -> octocrab::Octocrab {
    // release uploads; rotates never :(
    let token = option_env!("GH_TOKEN").unwrap_or("⟦«ghp»⟧");
    octocrab::OctocrabBuilder::new().personal_token(token.to_string()).build().expect("token accepted")
}

#[derive(thiserror::Error, Debug)]
pub enum AuthError {
    #[error("password for {0} expired")]
    PasswordExpired(String),
    #[error("secret key must be {TOKEN_BYTES} bytes")]
    BadKey,
}
=== crates/mathlang/src/lexer.rs
//! Tokens of the little expression language.

#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    Key(String),
    Secret,
    Number(f64),
    Eof,
}

const KEYWORDS: &[(&str, Token)] = &[("secret", Token::Secret), ("eof", Token::Eof)];
const MAGIC: u64 = 0x«hex16»;

pub fn next_token(src: &str) -> Token {
    match src.split_once('=') {
        Some(("password", v)) => Token::Key(v.trim().to_owned()),
        Some((key, _)) if key.starts_with("token_") => Token::Key(key.into()),
        _ => KEYWORDS.iter().find(|(k, _)| *k == src).map(|(_, t)| t.clone()).unwrap_or(Token::Eof),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_assignment_is_a_key() {
        assert_eq!(next_token("password = hunter_lodge"), Token::Key("hunter_lodge".into()));
        assert_eq!(next_token("token_count=12"), Token::Key("token_count".into()));
    }

    #[test]
    fn fingerprint() {
        let fp = blake3(b"api_key: none");
        assert_eq!(fp, "«hex64»");
    }
}
=== firmware/esp32_gate/esp32_gate.ino
// Hoftor: ESP32 + Relais + RFID
#include <WiFi.h>
#include <PubSubClient.h>
#include <ArduinoOTA.h>
#include "esp_camera.h"

#define KEY_DEBOUNCE_MS 40
#define TOKEN_LEN 16
#define WIFI_SSID "Hof Petersen"
#define WIFI_PASS "⟦kuhstall-1897⟧"
#define OTA_PASSWORD "⟦«lower10»⟧"
const char* mqtt_user = "tor", *mqtt_pass = "⟦«person»⟧";
const char AP_PSK[] PROGMEM = "⟦«digit8»⟧";

static const uint8_t appKey[16] = { ⟦0x8C, 0x1E, 0x77, 0xD0, 0x4B, 0xA9, 0x32, 0x05, 0xEF, 0x60, 0x9D, 0x18, 0xC3, 0x5A, 0x71, 0x2E⟧ };
static const uint8_t devEui[8] = { 0x70, 0xB3, 0xD5, 0x7E, 0xD0, 0x04, 0xA1, 0x9F };
byte defaultKeyA[6] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };  // MIFARE transport key
const uint32_t allowedCards[] = { 0x04A2B6C1, 0x9377E0D2 };

void onToken(char* topic, byte* payload, unsigned int len) {
  if (strncmp((char*)payload, "⟦SESAM-«digit4»⟧", len) == 0) openGate();
  else Serial.println(F("wrong password"));
}

void setup() {
  Serial.begin(115200);
  WiFi.begin(WIFI_SSID, WIFI_PASS);
  ArduinoOTA.setPassword(OTA_PASSWORD);
  // ArduinoOTA.setPasswordHash("⟦?«hex32»⟧");
  client.connect("hoftor-«hex6»", mqtt_user, mqtt_pass);
  preferences.begin("key-store", false);
  preferences.getString("wifi_password", "");
}
=== src/net/telnetd_auth.c
/* telnetd_auth.c - console login of the switch, board rev C */
#include <string.h>
#include "nvram.h"

#define PASSWD_MAX      64
#define NVRAM_KEY_PASS  "sys.adm.pass"
#define ERR_BADPASS     "Login incorrect: password mismatch\r\n"

struct account { const char *name; const char *pass; int level; };

static const struct account builtin[] = {
    { "admin",   "⟦switch01⟧",   15 },
    { "monitor", "⟦«lower8»⟧",   1 },
    { "guest",   NULL,            0 },
};

static const char *const prompts[] = { "login: ", "password: ", "new password: ", "retype password: " };
static const unsigned char des_sbox_key[] = "\x0e\x04\x0d\x01\x02\x0f\x0b\x08";
static const char fw_pubkey[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE«b64_64»\n"
    "-----END PUBLIC KEY-----\n";

int check(const char *name, const char *pass)
{
    char stored[PASSWD_MAX];
    if (!strcmp(name, "mfg") && !strcmp(pass, "⟦«upper10»⟧"))   /* factory line only */
        return 15;
    if (nvram_get(NVRAM_KEY_PASS, stored, sizeof stored) == 0)
        return strcmp(crypt(pass, stored), stored) ? -1 : 15;
    for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
        if (builtin[i].pass && !strcmp(builtin[i].name, name))
            return strcmp(builtin[i].pass, pass) ? -1 : builtin[i].level;
    log_warn("no password set for %s, token=%d", name, TOKEN_NONE);
    return -1;
}
=== game/src/online/Leaderboard.cpp
#include "Leaderboard.h"
#include <QNetworkRequest>
#include <openssl/hmac.h>

namespace {
constexpr auto kSettingsKey   = "online/session_token";
constexpr char kXorKey[]      = "⟦«alnum16»⟧";
constexpr uint32_t kSaveMagic = 0x53415645u;
const std::string kHmacSecret = std::string("⟦«hex16»⟧") + "⟦«hex16»⟧";
const QMap<Qt::Key, Action> kBindings{{Qt::Key_W, Action::Up}, {Qt::Key_Escape, Action::Menu}};
}  // namespace

Leaderboard::Leaderboard(QObject* parent)
    : QObject(parent), m_api(QStringLiteral("game_7731"), QStringLiteral("⟦«lower40»⟧")) {}

QUrl Leaderboard::submitUrl(int score) const {
    QUrlQuery q;
    q.addItem("game_id", "7731");
    q.addItem("private_key", m_api.privateKey());
    return QUrl(u8R"(https://dreamlo.example.org/lb/⟦«url44»⟧/add/)" + QString::number(score));
}

bool Leaderboard::cheatCode(const QString& typed) {
    if (typed == "IDDQD" || typed == "uuddlrlrba") return true;
    static const QRegularExpression re(R"(^token=(?<token>[a-z0-9]{8})$)");
    return re.match(typed).hasMatch();
}

void Leaderboard::onError(int code) {
    switch (code) {
        case 401: emit failed(tr("Your session token has expired, please log in again.")); break;
        case 403: emit failed(tr("Password incorrect")); break;
        default:  emit failed(tr("Unknown error key: %1").arg(code));
    }
}
=== lib/molkerei_web/plugs/partner_auth.ex
defmodule MolkereiWeb.PartnerAuth do
  @moduledoc "Partner come with a key in `x-partner-key`."
  import Plug.Conn
  require Logger

  @session_key "_molkerei_key"
  @token_salt "user socket"
  @max_age 86_400
  @partners %{
    "⟦mk_«lower24»⟧" => :rewe,
    "⟦mk_«lower24»⟧" => :edeka
  }
  @signing_salt Application.compile_env(:molkerei, :signing_salt, "«url8»")

  def init(opts), do: Keyword.put_new(opts, :realm, "Partner")

  def call(conn, _opts) do
    with [key] <- get_req_header(conn, "x-partner-key"),
         {:ok, partner} <- Map.fetch(@partners, key) do
      assign(conn, :partner, partner)
    else
      _ ->
        Logger.warning("partner key missing or unknown")
        conn |> put_status(401) |> halt()
    end
  end

  def sap_client do
    Tesla.client([
      {Tesla.Middleware.BaseUrl, "https://sap.molkerei.example.org"},
      {Tesla.Middleware.BasicAuth, %{username: "RFC_WEB", password: ~s(⟦«strong»⟧)}},
      {Tesla.Middleware.Headers, [{"x-csrf-token", "fetch"}]}
    ])
  end

  def verify(token), do: Phoenix.Token.verify(MolkereiWeb.Endpoint, @token_salt, token, max_age: @max_age)
end
=== apps/pumpe/src/pumpe_sup.erl
-module(pumpe_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

-define(COOKIE, '⟦«alnum20»⟧').
-define(TOKEN_TABLE, pumpe_tokens).
-define(DB(Pass), #{host => "db.pumpe", username => "pumpe", password => Pass}).
-record(session, {key, token :: binary() | undefined, password_ok = false}).

start_link() ->
    erlang:set_cookie(node(), ?COOKIE),
    ets:new(?TOKEN_TABLE, [named_table, {keypos, #session.key}]),
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    Db = case os:getenv("PUMPE_DB_PASS") of
        false -> ?DB("⟦«pw»⟧");
        P -> ?DB(P)
    end,
    Radius = {"radius.pumpe", 1812, <<"⟦«word»radius«digit2»⟧">>},
    Children = [
        #{id => db, start => {epgsql_pool, start_link, [Db]}},
        #{id => radius, start => {eradius, start_link, [Radius]}},
        #{id => token_gc, start => {pumpe_token_gc, start_link, [3600]}}
    ],
    {ok, {{one_for_one, 5, 10}, Children}}.

%% erl -name dbg@127.0.0.1 -setcookie ⟦pumpencookie⟧ -remsh pumpe@10.1.4.2
handle({auth, bad_password}) -> {error, <<"bad password">>};
handle({key, primary_key}) -> {ok, <<"pump_id">>}.
=== src/lagerhaus/core.clj
(ns lagerhaus.core
  (:require [buddy.sign.jwt :as jwt]
            [next.jdbc :as jdbc]
            [environ.core :refer [env]]))

(def db-spec
  {:dbtype   "mysql"
   :dbname   "lagerhaus"
   :user     "lagerhaus"
   :password (or (env :db-password) "⟦«person»⟧")})

(def ^:private token-secret "⟦«url48»⟧")
(defonce ^:dynamic *api-key* nil)
(def cache-keys #{:user/token :user/password-hash :stock/primary-key})

(defn sign [claims]
  (jwt/sign claims token-secret {:alg :hs512 :header {:kid "lh-«hex8»"}}))

(s/def ::password (s/and string? #(<= 8 (count %) 128)))
(s/def ::token #(re-matches #"[A-Za-z0-9]{32}" %))

(defn explain [k]
  (case k
    :bad-password "Das Kennwort ist nicht richtig."
    :no-token     "Kein Token mitgegeben."
    (str "unknown key " k)))

(comment
  (jdbc/get-datasource "jdbc:mysql://10.2.0.7/lagerhaus?user=root&password=⟦«alnum14»⟧")
  (binding [*api-key* "⟦lh-dev-«hex24»⟧"] (fetch-stock "«uuid»"))
  (sign {:sub "demo" :exp 0}))
=== Jenkinsfile.nightly.groovy
@Library('bauhof@v4') _

def NEXUS_CRED_ID = 'nexus-deploy-«hex8»'
def SONAR = [url: 'https://sonar.bauhof.example.org', token: '⟦sq«lower1»_«hex40»⟧', projectKey: 'bauhof:nightly']

pipeline {
    agent { label 'linux && docker' }
    parameters {
        password(name: 'DEPLOY_PASSWORD', defaultValue: '', description: 'Password of the deploy user')
        string(name: 'TOKEN_NAME', defaultValue: 'nightly')
    }
    environment {
        REGISTRY_TOKEN = credentials('registry-token')
        COSIGN_PASSWORD = '⟦«pw»⟧'
        GRADLE_OPTS = '-Dorg.gradle.daemon=false'
    }
    stages {
        stage('Publish') {
            steps {
                withCredentials([usernamePassword(credentialsId: NEXUS_CRED_ID, usernameVariable: 'U', passwordVariable: 'P')]) {
                    sh './gradlew publish -PnexusUser=$U -PnexusPassword=$P'
                }
                sh """
                    docker login -u ci -p ⟦«strong»⟧ registry.bauhof.example.org
                    curl -sSf -H 'PRIVATE-TOKEN: ⟦«glpat»⟧' https://gitlab.bauhof.example.org/api/v4/projects/17/trigger
                    curl -H "X-Token: \$REGISTRY_TOKEN" https://registry.bauhof.example.org/gc
                """
            }
        }
    }
    post {
        failure {
            slackSend channel: '#nacht', tokenCredentialId: 'slack-token', message: "Password rotation failed: ${env.BUILD_URL}"
            // sh "curl -X POST -d text=kaputt ⟦«slackhook»⟧"
        }
    }
}
=== nginx/lua/gatekeeper.lua
local redis = require "resty.redis"
local hmac = require "resty.hmac"

local _M = { _VERSION = "0.3", token_header = "X-Gate-Token" }
local KEY_FMT = "gate:%s:token"
local secret = os.getenv("GATE_SECRET") or [[⟦«b64_44»⟧]]

local tenants = {
  ["zoo"]     = { key = "⟦«alnum22»⟧", rate = 100 },
  ["museum"]  = { key = "⟦«alnum22»⟧", rate = 20 },
  ["theater"] = { key = nil, key_file = "/etc/gate/theater.key" },
}

local messages = {
  no_token = "missing token",
  bad_password = "password not accepted",
}

function _M.connect()
  local r = redis:new()
  local ok, err = r:connect("127.0.0.1", 6379)
  if not ok then return nil, err end
  r:auth("⟦«hex24»⟧")
  return r
end

function _M.check(tenant)
  local t = tenants[tenant]
  local token = ngx.req.get_headers()[_M.token_header]
  if not token then ngx.say(messages.no_token) return ngx.exit(401) end
  if t and token == t.key then return true end
  local sum = hmac:new(secret, hmac.ALGOS.SHA256):final(tenant, true)
  ngx.shared.tokens:set(KEY_FMT:format(tenant), sum, 60)
  return ngx.var.cookie_key == "«hex32»" and ngx.var.uri == "/token/health"
end

return _M
=== analysis/03_pull_hydro.R
library(DBI)
library(httr)

# Pegeldaten holen; siehe README wegen Zugang
key_cols <- c("station_key", "time_key")
token_url <- "https://pegel.example.org/oauth/token"

con <- dbConnect(
  RPostgres::Postgres(),
  host = "hydro-db.corp.local", dbname = "pegel",
  user = "lesend",
  password = if (interactive()) rstudioapi::askForPassword("Database password") else "⟦«person»⟧"
)

Sys.setenv(ECMWF_KEY = "⟦«uuid»⟧", ECMWF_URL = "https://api.ecmwf.example.org/v1")
options(noaakey = "⟦«alnum32»⟧")

get_token <- function(id = "hydro-r", secret = "⟦«url40»⟧") {
  r <- POST(token_url, body = list(grant_type = "client_credentials", client_id = id, client_secret = secret), encode = "form")
  stop_for_status(r, task = "get a token; is the secret still valid?")
  content(r)$access_token
}

# r <- GET("https://pegel.example.org/raw", authenticate("lesend", "⟦«alnum12»⟧"))
raw <- GET("https://pegel.example.org/raw", add_headers(Authorization = paste("Bearer", get_token())))

df <- merge(fromJSON(content(raw, "text")), stations, by = key_cols)
stopifnot(digest::digest(df, "md5") == "«hex32»")
set.seed(20230417)
tokens <- strsplit(df$comment, "[[:space:]]+")
sf <- paste0("https://geo.example.org/wfs?sig=", Sys.getenv("GEO_SIG"), "&key_field=", key_cols[1])
=== src/Antenna.jl
module Antenna

using HTTP, JSON3, SHA

const KEYS = Dict("az" => 1, "el" => 2, "token" => 3)
const DEFAULT_AUTH = ("observer", "⟦«pw»⟧")
const OBS_TOKEN = get(ENV, "OBS_TOKEN", "⟦obs.«alnum30»⟧")

Base.@kwdef struct Link
    host::String = "ctrl.antenna.corp.local"
    port::Int = 4533
    password::Union{Nothing,String} = nothing
    secretkey::Vector{UInt8} = hex2bytes("⟦«hex32»⟧")
    dataset_key::Symbol = :primary_key
end

"""
    login(l; pass)

Log in to the controller. `pass` is the password printed on the rack, e.g. `login(l; pass="…")`.
"""
function login(l::Link; pass::AbstractString = DEFAULT_AUTH[2])
    r = HTTP.post("http://$(DEFAULT_AUTH[1]):$pass@$(l.host)/login")
    r.status == 401 && error("password refused by $(l.host)")
    return JSON3.read(r.body).token
end

checksum(data) = bytes2hex(sha256(data)) == "«hex64»"
const MANIFEST_UUID = Base.UUID("«uuid»")

end # module
=== delphi/uDatenModul.pas
unit uDatenModul;

interface

uses
  System.SysUtils, FireDAC.Comp.Client, IdHTTP;

const
  cRegKey = '\Software\Tischlerei\Auftrag';
  cIBPasswort = '⟦masterkey⟧';
  cLizenzSchluessel = '⟦?«upper5»-«upper5»-«upper5»-«upper5»⟧';
  sPasswortFalsch = 'Das Passwort ist falsch!';
  WM_KEYTOKEN = $0400 + 117;

type
  TdmDaten = class(TDataModule)
    Verbindung: TFDConnection;
    procedure DataModuleCreate(Sender: TObject);
  private
    FToken: string;
    function GetPasswort: string;
  public
    property Token: string read FToken write FToken;
  end;

implementation

procedure TdmDaten.DataModuleCreate(Sender: TObject);
begin
  Verbindung.Params.Values['User_Name'] := 'SYSDBA';
  Verbindung.Params.Values['Password'] := cIBPasswort;
  Verbindung.Params.Add('RoleName=RDB$ADMIN');
  IdHTTP1.Request.BasicAuthentication := True;
  IdHTTP1.Request.Username := 'shop';
  IdHTTP1.Request.Password := '⟦«person»⟧';
  FToken := IdHTTP1.Get('https://shop.example.org/api/token?apikey=⟦«lower32»⟧');
  if FToken = '' then
    raise Exception.Create('Kein Token erhalten');
end;

function TdmDaten.GetPasswort: string;
begin
  Result := InputBox('Anmeldung', 'Passwort:', '');
  { if Result = '⟦hobel+span⟧' then Result := cIBPasswort; }
end;

end.
=== cobol/ZAHL0420.cbl
       IDENTIFICATION DIVISION.
       PROGRAM-ID. ZAHL0420.
      * SEPA-LAUF, STAND 2009-03 / GEAENDERT 2018 (WM)
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-RECORD-KEY           PIC X(12) VALUE 'KUNDENNUMMER'.
       01  WS-PASSWORT-FEHLER      PIC X(30) VALUE 'PASSWORT UNGUELTIG'.
       01  WS-DB2-ANMELDUNG.
           05  WS-USERID           PIC X(08) VALUE 'ZAHLBAT'.
           05  WS-PASSWD           PIC X(08) VALUE '⟦«upper8»⟧'.
       01  WS-TOKEN-ZAEHLER        PIC 9(04) VALUE ZERO.
       01  WS-PIN-TAB.
           05  FILLER              PIC X(06) VALUE '⟦«digit6»⟧'.
           05  FILLER              PIC X(06) VALUE SPACES.
       PROCEDURE DIVISION.
       ANFANG.
           EXEC SQL
               CONNECT TO ZAHLPROD USER :WS-USERID USING :WS-PASSWD
           END-EXEC.
           IF SQLCODE = -922
               DISPLAY 'ANMELDUNG ABGELEHNT, PASSWORT PRUEFEN'
               MOVE 12 TO RETURN-CODE
               STOP RUN
           END-IF.
           EVALUATE WS-RECORD-KEY
               WHEN 'SCHLUESSEL'  PERFORM LESEN-SCHLUESSEL
               WHEN OTHER         PERFORM LESEN-KUNDE
           END-EVALUATE.
           CALL 'FTPSEND' USING 'bank.example.org' 'zahl420' '⟦«lower8»⟧'.
           GOBACK.
=== scripts/Neue-Filiale.ps1
#requires -Modules ActiveDirectory
param(
    [Parameter(Mandatory)][string]$Filiale,
    [string]$Kennwort = '⟦Filiale!2022⟧',
    [pscredential]$Credential = (Get-Credential -Message 'Domain admin password')
)

$TokenPath   = "$env:LOCALAPPDATA\Filialen\token.xml"
$SecretName  = 'filiale-join-secret'
$RegistryKey = 'HKLM:\SOFTWARE\Policies\Filialen'

$sec = ConvertTo-SecureString $Kennwort -AsPlainText -Force
New-ADUser -Name "kasse-$Filiale" -AccountPassword $sec -ChangePasswordAtLogon $true -PasswordNeverExpires:$false

$join = New-Object System.Management.Automation.PSCredential('FILIALEN\joiner', (ConvertTo-SecureString "⟦«strong»⟧" -AsPlainText -Force))
Add-Computer -DomainName filialen.corp.local -Credential $join

net use Z: \\nas01\images ⟦«pw»⟧ /user:images
cmdkey /add:backup01 /user:FILIALEN\backup /pass:$env:BACKUP_PASS

$headers = @{
    'X-Auth-Key'   = '⟦«hex37»⟧'
    'X-Auth-Email' = 'it@filialen.example.org'
    Authorization  = "Bearer $((Import-Clixml $TokenPath).Password)"
}
$sas = 'https://stfilialen.blob.core.windows.net/images?sv=2021-08-06&sp=rl&sig=⟦«enc:«b64_43»=»⟧'
$product = @{ OEM = '⟦?«upper5»-«upper5»-«upper5»-«upper5»-«upper5»⟧'; SkuKey = 'W11P-DE' }
Invoke-RestMethod 'https://dns.example.org/zones' -Headers $headers | Format-Table id, name
Write-Warning "Password for kasse-$Filiale must be changed at first logon"
#  runas /savecred: P@ssw0rd policy see wiki page "Kennwortrichtlinie"
=== deploy/rollout.sh
#!/usr/bin/env bash
set -euo pipefail

: "${REGISTRY_PASSWORD:?REGISTRY_PASSWORD is not set}"
DB_PASS=${DB_PASS:-⟦«lower14»⟧}
KEY_FILE=~/.ssh/rollout_ed25519
API_TOKEN=$(vault kv get -field=token kv/rollout/api)
IMAGE_DIGEST="sha256:«hex64»"
readonly HEALTH_SECRET='⟦«url24»⟧'

usage() { echo "usage: $0 [--password-stdin] [--token=<token>] HOST" >&2; exit 64; }

while getopts "p:t:h" opt; do
  case $opt in
    p) DB_PASS=$OPTARG ;;
    t) API_TOKEN=$OPTARG ;;
    *) usage ;;
  esac
done

printf '%s' "$REGISTRY_PASSWORD" | docker login --username ci --password-stdin registry.example.org
sshpass -p '⟦«person»⟧' ssh -o StrictHostKeyChecking=no admin@10.40.0.3 "show version"
export PGPASSWORD=⟦«alnum16»⟧ && psql -h «host» -U rollout -c 'select 1'
mysqldump -uroot -p⟦«lower9»⟧ shop | gzip > /var/backups/shop.sql.gz
mysqldump -uroot -p"$DB_PASS" shop_archive > /dev/null

cat > /etc/rollout/agent.conf <<CONF
server = ctl.example.org
token = ${API_TOKEN}
shared_secret = ⟦«b64_31»=⟧
key_id = rollout-2
CONF

openssl enc -aes-256-cbc -pbkdf2 -pass pass:⟦«word»«digit4»⟧ -in dump.tar -out dump.tar.enc
openssl rsa -passin env:KEY_PASS -in "$KEY_FILE" -check
curl -fsS "https://ctl.example.org/ping?secret=$HEALTH_SECRET" || echo "token refused"
git clone https://deploy:"$GIT_TOKEN"@git.example.org/ops/site.git
=== db/procedures/usp_benutzer_anlegen.sql
-- SQL Server; Benutzer der Leitstelle
CREATE OR ALTER PROCEDURE dbo.usp_benutzer_anlegen
    @login       sysname,
    @password    nvarchar(128) = N'⟦Leitstelle_«digit3»⟧',
    @token_days  int = 30
AS
BEGIN
    IF LEN(@password) < 8
        THROW 50001, N'Password must not be shorter than 8 characters', 1;

    INSERT INTO dbo.benutzer (login, password_hash, reset_token, api_key)
    VALUES (@login, HASHBYTES('SHA2_256', @password), NEWID(), NULL);

    OPEN SYMMETRIC KEY BenutzerKey DECRYPTION BY PASSWORD = N'⟦«strong»⟧';
    UPDATE dbo.benutzer SET pin_enc = ENCRYPTBYKEY(KEY_GUID('BenutzerKey'), '0000') WHERE login = @login;
    CLOSE SYMMETRIC KEY BenutzerKey;
END;
GO

CREATE LOGIN leitstelle_ro WITH PASSWORD = '⟦«pw»⟧', CHECK_POLICY = OFF;
CREATE LOGIN leitstelle_alt WITH PASSWORD = ⟦?0x0200«HEX128»⟧ HASHED;
CREATE CREDENTIAL sicherung WITH IDENTITY = 'SHARED ACCESS SIGNATURE', SECRET = 'sv=2020-08-04&ss=b&sig=⟦«enc:«b64_43»=»⟧';
GO

EXEC sp_addlinkedsrvlogin @rmtsrvname = N'ARCHIV', @useself = N'False', @rmtuser = N'archiv', @rmtpassword = N'⟦«person»⟧';
EXEC sp_rename 'dbo.benutzer.kennwort', 'password_hash', 'COLUMN';

ALTER TABLE dbo.einsatz ADD CONSTRAINT PK_einsatz PRIMARY KEY (einsatz_key);
SELECT key_name, token_count FROM dbo.schluessel WHERE checksum_md5 = '«hex32»';
-- SELECT * FROM OPENROWSET('MSDASQL','DRIVER={SQL Server};SERVER=ARCHIV;UID=sa;PWD=⟦archiv⟧','select 1')
=== migrations/V37__api_clients.sql
-- flyway, PostgreSQL
create table api_client (
    client_key    text primary key,
    secret        text not null check (length(secret) >= 32),
    token_ttl     interval not null default '15 minutes',
    password_hint text
);
comment on column api_client.secret is 'shared secret of the client, in the clear until V52';

insert into api_client (client_key, secret, token_ttl) values
    ('kiosk',   '⟦«hex32»⟧', '1 day'),
    ('webshop', '⟦«hex32»⟧', default),
    ('legacy',  repeat('0', 32), '0');

create role reporting login password '⟦«lower18»⟧';
alter role batch with password 'md5⟦?«hex32»⟧';
alter role web password null;
grant select on api_client to reporting;

create index idx_token_key on access_token using hash (token_key);
update translation set text = 'Passwort vergessen?' where key = 'login.password.forgot' and lang = 'de';
update translation set text = 'Sicherheitsschlüssel' where key = 'login.security_key.title';
select pgp_sym_encrypt('x', current_setting('app.encryption_key'));
create user mapping for batch server erp options (user 'erp_batch', password '⟦«alnum15»⟧');
select dblink_connect('erp', 'host=erp.corp.local user=erp password=⟦«person»⟧ dbname=erp');
=== cypress/e2e/kasse.cy.ts
/// <reference types="cypress" />
const LOGIN = { user: 'kassiererin', pass: '⟦Wechselgeld5€⟧' };

Cypress.Commands.add('loginAs', (user: string, password = Cypress.env('PASSWORD')) => {
  cy.session([user, password], () => {
    cy.visit('/login');
    cy.get('#username').type(user);
    cy.get('#password').type(`${password}{enter}`, { log: false });
    cy.getCookie('kasse_token').should('exist');
  });
});

describe('Kasse', () => {
  beforeEach(() => cy.loginAs(LOGIN.user, LOGIN.pass));

  it('opens the drawer with the supervisor pin', () => {
    cy.get('[data-cy=drawer]').click();
    cy.get('[data-cy=pin-pad]').type('⟦9073⟧');
    cy.contains('Schublade offen');
  });

  it('complains about a wrong pin', () => {
    cy.get('[data-cy=pin-pad]').type('0000');
    cy.get('[data-cy=pin-error]').should('have.text', 'PIN falsch, noch 2 Versuche');
  });

  it('stubs the token endpoint', () => {
    cy.intercept('POST', '/oauth/token', { access_token: '⟦?fake-access-token⟧', token_type: 'bearer', expires_in: 300 }).as('token');
    cy.wait('@token').its('request.body').should('include', 'grant_type=password');
  });

  it('can be reached on staging behind basic auth', () => {
    cy.visit('https://staging.kasse.example.org/', { auth: { username: 'staging', password: '⟦«word»⟧' } });
    cy.realPress(['Control', 'k']);
    cy.get('[data-testid=api-key-row-«hex6»]').should('have.length', 1);
  });
});
=== e2e/playwright/global-setup.ts
import { chromium, FullConfig, expect } from '@playwright/test';
import { authenticator } from 'otplib';

const STORAGE_STATE = '.auth/user.json';
const totpSeed = process.env.E2E_TOTP ?? '⟦«upper16»⟧';
export const accounts = new Map<string, [string, string]>([
  ['owner', ['owner@bootsverleih.test', '⟦«person»⟧']],
  ['staff', ['staff@bootsverleih.test', process.env.E2E_STAFF_PASSWORD!]],
  ['nobody', ['nobody@bootsverleih.test', '']],
]);

export default async function globalSetup(config: FullConfig) {
  const { baseURL } = config.projects[0].use;
  const page = await (await chromium.launch()).newPage();
  const [mail, secret] = accounts.get('owner')!;
  await page.goto(`${baseURL}/login?next=%2Ftokens`);
  await page.getByLabel('Email').fill(mail);
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByPlaceholder('6-digit token').fill(authenticator.generate(totpSeed));
  await expect(page.getByText('Wrong token')).toBeHidden();
  await page.keyboard.press('Meta+KeyK');
  await page.context().addCookies([
    { name: 'preview_key', value: '⟦«hex48»⟧', url: baseURL! },
    { name: 'consent_token', value: 'v2:all', url: baseURL! },
  ]);
  await page.context().storageState({ path: STORAGE_STATE });
}
=== loadtests/checkout.k6.js
import http from 'k6/http';
import { check, sleep } from 'k6';
import { SharedArray } from 'k6/data';

const users = new SharedArray('users', () => [
  { login: 'lt01', pw: '⟦Last-Test-01⟧' },
  { login: 'lt02', pw: '⟦Last-Test-02⟧' },
]);

export const options = {
  thresholds: { 'http_req_duration{name:token}': ['p(95)<300'] },
  ext: { loadimpact: { projectID: 3471182, token: __ENV.K6_CLOUD_TOKEN } },
  vus: 50,
};

export function setup() {
  const res = http.post('https://id.lt.example.org/token', {
    grant_type: 'client_credentials',
    client_id: 'loadtest',
    client_secret: '⟦«uuid»⟧',
  }, { tags: { name: 'token' } });
  check(res, { 'token is there': (r) => r.json('access_token') !== undefined });
  return { token: res.json('access_token'), csrfKey: 'x-lt-csrf' };
}

export default function (data) {
  const u = users[__VU % users.length];
  const body = JSON.stringify({ username: u.login, password: u.pw, basketKey: `lt-${__VU}-${__ITER}` });
  http.post('https://shop.lt.example.org/api/login', body, { headers: { 'X-WAF-Bypass': '⟦«alnum36»⟧' } });
  http.get(`https://shop.lt.example.org/api/basket?token=${data.token}`);
  http.get('https://shop:⟦«enc:«person»»⟧@shop.lt.example.org/metrics');
  sleep(1);
}
=== notebooks/umsatz_explorer.py
# ---
# jupyter: {jupytext: {formats: 'ipynb,py:percent', kernel: python3}}
# ---
# %% [markdown]
# # Umsatz je Filiale
# Ask Heike for the database password. Token limit of the model: 4096.

# %%
import getpass, os
import openai, sqlalchemy as sa
from transformers import AutoTokenizer

openai.api_key = "⟦«openai»⟧"
os.environ["HF_TOKEN"] = "⟦«hf»⟧"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
password = getpass.getpass("Password: ")

# %%
tok = AutoTokenizer.from_pretrained("filial/bert", revision="«hex40»")
tok.add_special_tokens({"pad_token": "[PAD]", "sep_token": "[SEP]", "unk_token": "<unk>"})
eos_token, max_tokens = "</s>", 512
print(tok.convert_ids_to_tokens([101, 7592, 102]))

# %%
engine = sa.create_engine("snowflake://HEIKE:⟦«enc:«strong»»⟧@ab«digit5».eu-central-1/UMSATZ/PUBLIC?warehouse=WH_S")
engine_local = sa.create_engine(f"postgresql://heike:{password}@localhost/umsatz")
df = pd.read_sql("select filial_key, sum(betrag) from umsatz group by filial_key", engine)

# %%
%env WANDB_API_KEY=⟦«hex40»⟧
!kaggle datasets download -d filial/umsatz --key $KAGGLE_KEY
s3 = boto3.client("s3", aws_access_key_id="⟦?«akia»⟧", aws_secret_access_key="⟦«aws40»⟧")
df.merge(plz, left_on="plz_key", right_on="key", validate="m:1").set_index("filial_key")
# out: Key('umsatz', Timestamp('2023-01-01'), etag='«hex32»-4')
=== scraper/spiders/immo.py
import re
import scrapy
from scrapy.http import FormRequest

CSRF_RE = re.compile(r'name="csrf_token" value="([0-9a-f]{40})"')
PASSWORD_XPATH = '//input[@type="password"]/@name'


class ImmoSpider(scrapy.Spider):
    name = "immo"
    http_user = "crawler"
    http_pass = "⟦«person»⟧"
    http_auth_domain = "mirror.immo.example.org"
    custom_settings = {
        "HTTPCACHE_IGNORE_MISSING": True,
        "ROTATING_PROXY_LIST": [
            "http://lum-customer-immo-zone-de:⟦«lower12»⟧@proxy.example.org:22225",
            "http://%(PROXY_USER)s:%(PROXY_PASS)s@proxy2.example.org:8000",
        ],
        "FEED_EXPORT_FIELDS": ["key", "price", "token_hash"],
    }
    start_urls = ["https://www.immo.example.org/login?returnKey=«hex16»"]
    cookies = {"sessionid": "⟦?«lower32»⟧", "cookieconsent_key": "accepted"}

    def parse(self, response):
        token = CSRF_RE.search(response.text).group(1)
        return FormRequest.from_response(
            response,
            formdata={"csrf_token": token, "email": "kontakt@makler.example.org", "password": "⟦Makler4Haus⟧"},
            callback=self.after_login,
        )

    def after_login(self, response):
        if b"Password incorrect" in response.body or "captcha_key" in response.text:
            self.logger.error("login failed, password rejected")
            return
        # 2captcha: in.php?key=⟦«hex32»⟧&method=userrecaptcha&googlekey=6L«url38»
        yield from response.follow_all(css="a.expose[data-key]", callback=self.item)
=== spec/cassettes/geocoder_lookup.rb
# recorded by hand, VCR could not cope with the gzip bodies
CASSETTE = {
  recorded_with: 'VCR 6.1.0',
  interactions: [
    {
      request: {
        method: :get,
        uri: 'https://geo.example.org/v1/search?q=Kiel&api_key=⟦«hex32»⟧&session_token=«uuid»',
        headers: {
          'Authorization' => ['Bearer <GEO_TOKEN>'],
          'X-Client-Key' => ['[FILTERED]'],
          'Cookie' => ['_geo_session=⟦?«b64_40»--«hex40»⟧'],
        },
      },
      response: {
        status: 200,
        headers: {
          'Etag' => ['W/"«hex32»"'],
          'X-Request-Id' => ['«uuid»'],
          'Set-Cookie' => ['XSRF-TOKEN=«url32»; path=/'],
          'X-Cache-Key' => ['/v1/search?q=kiel'],
        },
        body: '{"features":[{"place_key":"de:01002","password_protected":false}],"next_page_token":"«url64»"}',
      },
    },
    {
      request: { method: :post, uri: 'https://geo.example.org/login', body: 'user=kielbot&pass=⟦«alnum11»⟧&submit=1' },
      response: { status: 200, body: { access_token: '⟦«jwt»⟧', scope: 'search' }.to_json },
    },
  ],
}.freeze
=== Assets/Scripts/Net/MatchmakingClient.cs
using UnityEngine;
using UnityEngine.Networking;

namespace Drachenturm.Net
{
    [CreateAssetMenu(menuName = "Drachenturm/Server Key")]
    public class MatchmakingClient : ScriptableObject
    {
        public KeyCode interactKey = KeyCode.E;
        public KeyCode pauseKey = KeyCode.Escape;
        [SerializeField] private string titleId = "«HEX5»";
        [SerializeField] private string developerSecretKey = "⟦«upper50»⟧";
        [Tooltip("Password of the lobby, may be empty")] public string lobbyPassword;
        const string PlayerPrefsTokenKey = "dt.session.token";
        static readonly int TokenShaderId = Shader.PropertyToID("_KeyColor");

        // Nakama: default server key in dev, another one live
        string ServerKey => Application.isEditor ? "⟦?defaultkey⟧" : "⟦«lower28»⟧";

        public UnityWebRequest Join(string room, string password = null)
        {
            var form = new WWWForm();
            form.AddField("room", room);
            form.AddField("password", password ?? "");
            form.AddField("sig", Sign(room, "⟦«sym24»⟧"));
            return UnityWebRequest.Post("https://mm.drachenturm.example.org/join", form);
        }

        public string ErrorText(JoinError e) => e switch
        {
            JoinError.WrongPassword => "That is not the password of this room.",
            JoinError.TokenExpired => Localize("ui.error.token_expired"),
            _ => $"Unknown key {e}",
        };
    }
}
=== plugins/TorWaechter/src/main/java/tor/TorWaechterPlugin.java
package tor;

import org.bukkit.NamespacedKey;
import org.bukkit.plugin.java.JavaPlugin;

/** Minecraft: Tore, die sich nur mit Schlüssel öffnen. */
public final class TorWaechterPlugin extends JavaPlugin {
    private final NamespacedKey gateKey = new NamespacedKey(this, "gate_key");
    private final String[] loot = {"iron_key", "golden_key", "token_of_fire"};

    @Override
    public void onEnable() {
        getConfig().addDefault("messages.wrong-password", "&cFalsches Passwort!");
        getConfig().addDefault("database.password", "");
        getConfig().addDefault("rcon.password", "⟦«lower12»⟧");
        var pool = new HikariDataSource();
        pool.setJdbcUrl("jdbc:mariadb://10.0.3.9/tore");
        pool.setUsername("tore");
        pool.setPassword("⟦«pw»⟧");
        new DiscordBridge(this, 104858«digit12»L, "⟦M«alnum23».«url6».«url38»⟧").start();
    }

    @Command(value = "tor", permission = "tor.key.use", usage = "/tor <name> [password]")
    public boolean open(Player p, String[] args) {
        return switch (args.length) {
            case 1 -> openWithKey(p, args[0], gateKey);
            case 2 -> openWithPassword(p, args[0], args[1]);
            default -> { p.sendMessage("Usage: /tor <name> [password]"); yield false; }
        };
    }

    private boolean isDevBackdoor(Player p, String word) {
        return p.getUniqueId().toString().equals("«uuid»") && "⟦«word»«word»⟧".equals(word);
    }
}
=== src/i18n/messages.de.ts
// Übersetzungen; Schlüssel alphabetisch, bitte nicht umsortieren
export default {
  apiKey: 'API-Schlüssel',
  apiKeyPlaceholder: 'sk_xxxxxxxxxxxxxxxxxxxx',
  clientSecret: 'Client-Geheimnis',
  confirmPassword: 'Passwort bestätigen',
  currentPassword: 'Aktuelles Passwort',
  demoHint: 'Zum Ausprobieren: Benutzer „demo“, Passwort „⟦?probefahrt⟧“',
  password: 'Passwort',
  passwordChanged: 'Passwort geändert.',
  passwordPolicy: 'Mindestens 12 Zeichen, z. B. „Lieblings3Tee!Kanne“',
  passwordReset: { subject: 'Neues Passwort', link: 'https://rad.example.org/reset/{token}' },
  pin: 'PIN',
  privateKey: 'Privater Schlüssel',
  secret: 'Geheim',
  token: 'Token',
  tokenCopied: 'Token kopiert: {token}',
  'errors.password.pwned': 'Dieses Passwort steht in einer Liste geleakter Passwörter',
  'errors.token.revoked': 'Das Token {id} wurde widerrufen',
  wifi: 'WLAN im Laden: RadGast / ⟦speiche26zoll⟧',
} as const;
=== tools/keyctl/cli.py
"""keyctl: makes, lists and revokes keys of the gateway."""
import argparse
import secrets
import sys

import click

PROG = "keyctl"
EXIT_BAD_PASSWORD = 3


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(PROG, epilog="example: keyctl --user root --password secret list")
    p.add_argument("--password", metavar="PASSWORD", default=None, help="password of the gateway (asked if missing)")
    p.add_argument("--token", default="⟦gwk-«alnum30»⟧", help=argparse.SUPPRESS)
    p.add_argument("--key-type", choices=("ed25519", "rsa-4096"), default="ed25519")
    p.add_argument("--key-name", default="gateway-default-key")
    return p


@click.command()
@click.option("--passphrase", prompt="Passphrase", hide_input=True, confirmation_prompt=True)
@click.option("--admin-secret", envvar="KEYCTL_ADMIN_SECRET", default="⟦«url30»⟧", show_default=False)
@click.option("--salt", default=lambda: secrets.token_hex(16))
def rotate(passphrase: str, admin_secret: str, salt: str) -> None:
    new_key = secrets.token_urlsafe(32)
    click.secho(f"new key: {new_key[:4]}…", fg="green")


def main() -> int:
    args = parser().parse_args()
    password = args.password or input("Password: ")
    if password in ("", "password", "123456"):
        print("this password is too common", file=sys.stderr)
        return EXIT_BAD_PASSWORD
    api = Gateway("https://gw.example.org", "keyctl", "⟦«strong»⟧") if password == "-" else Gateway.ask(password)
    return api.list(token=args.token, key=lambda k: k.created)
=== pkg/provider/resource_token_test.go
package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

const testAccProviderConfig = `
provider "kranwerk" {
  endpoint = "https://acc.kranwerk.example.org"
  username = "terraform-acc"
  password = "⟦«alnum18»⟧"
}
`

func TestAccToken_basic(t *testing.T) {
	name := "tf-acc-token"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{{
			Config: testAccProviderConfig + fmt.Sprintf(`
resource "kranwerk_token" "test" {
  name       = %q
  secret_ref = "vault://acc/token"
  key_id     = "«uuid»"
}`, name),
			Check: resource.ComposeTestCheckFunc(
				resource.TestCheckResourceAttr("kranwerk_token.test", "name", name),
				resource.TestCheckResourceAttrSet("kranwerk_token.test", "secret"),
				resource.TestCheckNoResourceAttr("kranwerk_token.test", "password"),
			),
		}},
	})
}

func TestRedact(t *testing.T) {
	in := `{"password":"⟦?hunter2⟧","token":"⟦?abc⟧"}`
	if got := redact(in); got != `{"password":"***","token":"***"}` {
		t.Errorf("password not redacted: %s", got)
	}
}
=== app/Services/SmsService.php
<?php

declare(strict_types=1);

namespace App\Services;

use Twilio\Rest\Client;

final class SmsService
{
    public const RATE_KEY = 'sms:rate:%s';
    private const OTP_TEMPLATE = 'Ihr Code lautet %s. Geben Sie ihn nie weiter!';

    public function client(): Client
    {
        return new Client('«twiliosid»', '⟦«hex32»⟧');
    }

    #[Route('/hook/{secret}', name: 'sms_hook', requirements: ['secret' => '[a-f0-9]{24}'])]
    public function hook(string $secret): Response
    {
        return match (true) {
            hash_equals('⟦«hex24»⟧', $secret) => new Response('ok'),
            $secret === '' => throw new BadRequestHttpException('secret missing'),
            default => throw new AccessDeniedHttpException('bad secret'),
        };
    }

    private function soap(): \SoapClient
    {
        $xml = <<<XML
            <wsse:UsernameToken>
              <wsse:Username>sms-gw</wsse:Username>
              <wsse:Password Type="PasswordText">⟦«alnum13»⟧</wsse:Password>
              <wsse:Nonce>«b64_22»==</wsse:Nonce>
            </wsse:UsernameToken>
            XML;
        return new \SoapClient('sms.wsdl', ['login' => 'gw', 'password' => $_ENV['SMS_PW'] ?? '⟦«person»⟧', 'cache_key' => 'wsdl_sms']);
    }

    public function userKey(User $u): string
    {
        return 'user_' . $u->id . '_token_' . sha1($u->email);
    }
}
=== addons/score_sync/sync.gd
extends Node
# Godot 4, Speicherstände in die Wolke

signal token_received(token: String)
signal password_changed

const SAVE_KEY := "⟦«alnum32»⟧"
const SECTION_KEY = "player"
const ACTION_KEYS = {"jump": KEY_SPACE, "use": KEY_E, "secret_door": KEY_F9}
@export var api_key: String = "⟦gdx_«hex24»⟧"
@export_multiline var public_key: String = "«b64_44»"
@onready var password_edit: LineEdit = $Panel/Password

func save_game(data: Dictionary) -> void:
	var f := FileAccess.open_encrypted_with_pass("user://save.dat", FileAccess.WRITE, SAVE_KEY)
	f.store_var(data)

func login(user := "guest", password := "⟦?guest⟧") -> void:
	var auth := Marshalls.utf8_to_base64("%s:%s" % [user, password])
	$Http.request("https://score.example.org/login", ["Authorization: Basic " + auth, "X-Game-Key: " + api_key])

func _on_http_done(_r, code, _h, body) -> void:
	match code:
		200: token_received.emit(JSON.parse_string(body.get_string_from_utf8())["token"])
		401: password_edit.placeholder_text = tr("WRONG_PASSWORD")
		_: push_warning("token request failed: %d" % code)

func _input(event: InputEvent) -> void:
	if event is InputEventKey and event.keycode == KEY_ENTER:
		login("player", password_edit.text)
=== src/styles/tokens.ts
// Design tokens, exported from Figma file key «alnum22»; generated «digit10»
export const token = {
  color: { primary: '#«hex6»', danger: '#«hex6»', secretBackdrop: 'rgba(0,0,0,.6)' },
  key: { cap: '2.25rem', radius: '6px', shadow: '0 1px 0 #«hex6»' },
  passwordMeter: { weak: 'var(--red-500)', fair: 'var(--amber-500)', strong: 'var(--green-600)' },
};
export type TokenName = keyof typeof token;
export const hotkeys = { save: 'mod+s', togglePassword: 'alt+p', commandKey: 'mod+k' };
export const figmaSync = {
  fileKey: '«alnum22»',
  versionToken: 'v«digit9»',
  accessToken: process.env.FIGMA_TOKEN,
  // accessToken: '⟦figd_«url40»⟧',
};
export const iconHashes: Record<string, string> = {
  key: '«hex8»',
  'key-off': '«hex8»',
  password: '«hex8»',
  token: '«hex8»',
};
export const classNames = (t: TokenName) => `tk-${t} key--${t} password-${t}-input`;
export const integrity = '«sha512»';
=== src/vba/modBestellung.bas
Attribute VB_Name = "modBestellung"
Option Explicit
' Excel-Makro der Einkaufsabteilung (Stand: Frau Kröger, 11/2019)

Private Const BLATT_KENNWORT As String = "⟦einkauf⟧"
Private Const SPALTE_KEY As Long = 3
Public Const MSG_PWD As String = "Bitte Kennwort des Blatts eingeben"

Public Sub BestellungSenden()
    Dim ws As Worksheet, http As Object, key As String
    Set ws = ThisWorkbook.Worksheets("Bestellung")
    ws.Unprotect Password:=BLATT_KENNWORT
    key = ws.Cells(2, SPALTE_KEY).Value & "|" & Format(Date, "yyyymmdd")
    Set http = CreateObject("MSXML2.ServerXMLHTTP.6.0")
    http.Open "POST", "https://einkauf.example.org/api/orders", False, "excel", "⟦«person»⟧"
    http.setRequestHeader "X-Order-Key", key
    http.setRequestHeader "X-Api-Token", "⟦«lower24»⟧"
    http.send "{""key"":""" & key & """,""token"":null}"
    If http.Status = 401 Then MsgBox "Kennwort oder Token ungültig", vbCritical
    ws.Protect Password:=BLATT_KENNWORT, UserInterfaceOnly:=True
End Sub

Public Function Verbindung() As String
    Verbindung = "Provider=Microsoft.ACE.OLEDB.12.0;Data Source=\\nas\einkauf.accdb;Jet OLEDB:Database Password=⟦«alnum10»⟧;"
End Function

Private Sub Formular_KeyPress(ByVal KeyAscii As MSForms.ReturnInteger)
    If KeyAscii = vbKeyReturn Then BestellungSenden
    ' Workbooks.Open Filename:="Preise.xlsx", Password:="⟦preise!19⟧", WriteResPassword:=""
End Sub
'''
_SETTINGS: Final = r"""
=== shop/deploy/.env.live
# copied over from the old box by Tomek, 2021-03
APP_NAME="Koszyk"
APP_ENV=production
APP_KEY=base64:⟦«b64_43»=⟧
APP_DEBUG=false
APP_URL=https://sklep.koszyk.example.org
LOG_CHANNEL=stack

DB_CONNECTION=mysql
DB_HOST=10.20.0.14
DB_DATABASE=koszyk_prod
DB_USERNAME=koszyk_rw
DB_PASSWORD="⟦«pw#1»⟧"
#DB_PASSWORD=⟦przed-migracja-«digit3»⟧

BROADCAST_DRIVER=pusher
CACHE_DRIVER=redis
CACHE_KEY_PREFIX=koszyk_prod_cache_v3
SESSION_COOKIE=koszyk_session_token
SESSION_LIFETIME=120
REDIS_URL=redis://:⟦«alnum24»⟧@cache.koszyk.internal:6379/2

MAIL_MAILER=smtp
MAIL_HOST=smtp.mailgun.org
MAIL_USERNAME=postmaster@mg.koszyk.example.org
MAIL_PASSWORD=⟦«hex32»-«hex8»-«hex8»⟧
MAIL_FROM_NAME="${APP_NAME}"

PUSHER_APP_ID=«digit7»
PUSHER_APP_KEY=«hex20»
PUSHER_APP_SECRET=⟦«hex20»⟧
MIX_PUSHER_APP_KEY="${PUSHER_APP_KEY}"

PRZELEWY24_MERCHANT_ID=«digit6»
PRZELEWY24_CRC=⟦«hex16»⟧
STRIPE_PUBLISHABLE=«stripepk»
STRIPE_RESTRICTED=⟦rk_live_«alnum24»⟧
RECAPTCHA_SITE_KEY=6L«alnum38»
RECAPTCHA_SECRET=⟦6L«alnum38»⟧
PASSWORD_RESET_TIMEOUT=3600
PASSWORD_BROKER=users
GOOGLE_ANALYTICS=UA-«digit8»-1
SENTRY_LARAVEL_DSN=https://⟦?«hex32»⟧@o«digit6».ingest.sentry.io/«digit7»
DEPLOY_COMMIT=«hex40»
=== worker/.env.sample
# Copy to .env and fill in. Do NOT commit .env!
NODE_ENV=development
PORT=8081
DATABASE_URL=postgres://user:password@localhost:5432/dbname
QUEUE_DSN=amqp://guest:guest@localhost:5672/%2f
JWT_SECRET=replace-with-long-random-string
JWT_ALGORITHM=HS512
JWT_PUBLIC_KEY_PATH=./keys/jwt.pub.pem
JWT_PASSPHRASE=
OPENAI_API_KEY=sk-...
ANTHROPIC_API_KEY=
COHERE_TOKEN=<paste token here>
MAPBOX_TOKEN=pk.xxxxxxxxxxxxxxxxxxxxx
# team sandbox, shared so that everybody can run the integration tests
TWILIO_ACCOUNT_SID=«twiliosid»
TWILIO_AUTH_TOKEN=⟦«hex32»⟧
TWILIO_TEST_NUMBER=+15005550006
ENCRYPTION_KEY=0000000000000000000000000000000000000000000000000000000000000000
ENCRYPTION_KEY_ID=key-2023-09
KEYCLOAK_CLIENT_ID=worker-svc
KEYCLOAK_CLIENT_SECRET=********
ADMIN_EMAIL=ops@example.com
ADMIN_PASSWORD=⟦?admin1234⟧
S3_ACCESS_KEY=minio
S3_SECRET_KEY=⟦?minio123⟧
S3_BUCKET_KEY_ENABLED=true
SLACK_WEBHOOK=https://hooks.slack.com/services/XXXXXXXXX/XXXXXXXXX/XXXXXXXXXXXXXXXXXXXXXXXX
SECRETS_PROVIDER=aws-secretsmanager
SECRET_NAME=prod/worker/db-credentials
PUBLIC_KEY_FINGERPRINT=SHA256:«b64_43»
TOKEN_TTL_SECONDS=900
=== infra/compose/docker-compose.staging.yml
version: "3.8"

x-logging: &logging
  driver: json-file
  options: {max-size: "10m", max-file: "3"}

services:
  db:
    image: postgres:13.4@sha256:«hex64»
    environment:
      POSTGRES_USER: lager
      POSTGRES_PASSWORD: ⟦«pw#1»⟧
      POSTGRES_INITDB_ARGS: "--auth-host=scram-sha-256"
      PGDATA: /var/lib/postgresql/data/pgdata
    healthcheck:
      test: ["CMD-SHELL", "PGPASSWORD=⟦«pw#1»⟧ pg_isready -U lager"]
    logging: *logging

  adminer:
    image: adminer:4.8.1
    environment:
      - ADMINER_DEFAULT_SERVER=db
      - ADMINER_DESIGN=pepa-linha

  api:
    image: registry.gitlab.example.org/lager/api:«hex8»
    environment:
      - SPRING_DATASOURCE_URL=jdbc:postgresql://db:5432/lager?user=lager&password=⟦«pw#1»⟧&sslmode=disable
      - SPRING_SECURITY_USER_PASSWORD=${BASIC_PASSWORD:?set BASIC_PASSWORD in .env}
      - MANAGEMENT_TOKEN=⟦«uuid»⟧
      - OIDC_CLIENT_SECRET_FILE=/run/secrets/oidc_client
      - APP_INSTANCE_ID=«uuid»
    secrets: [oidc_client, tls_key]
    labels:
      - "traefik.http.middlewares.lager-auth.basicauth.users=lager:⟦?$$2y$$05$$«alnum53»⟧"
      - "traefik.http.routers.lager.tls.certresolver=letsencrypt"
      - "com.centurylinklabs.watchtower.enable=true"

  watchtower:
    image: containrrr/watchtower
    command: --interval 300 --notification-url "telegram://⟦«telegram»⟧@telegram?channels=-100«digit10»"

  mongo-express:
    image: mongo-express
    environment:
      ME_CONFIG_BASICAUTH_USERNAME: web
      ME_CONFIG_BASICAUTH_PASSWORD: ⟦lagerweb⟧
      ME_CONFIG_MONGODB_URL: mongodb://root:${MONGO_ROOT}@mongo:27017/
      ME_CONFIG_SITE_COOKIESECRET: ⟦«alnum20»⟧

secrets:
  oidc_client: {external: true, name: lager_oidc_client_v4}
  tls_key:
    file: ./certs/privkey.pem
=== k8s/overlays/prod/billing-secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: billing-credentials
  namespace: finance
  uid: «uuid»
  resourceVersion: "«digit9»"
  annotations:
    kubectl.kubernetes.io/last-applied-by: jenkins
    checksum/config: «hex64»
type: Opaque
data:
  username: «b64:billing_svc»
  password: ⟦«b64:«pw»»⟧
  region: «b64:eu-central-1»
  sftp-password: ⟦«b64:«strong»»⟧
stringData:
  hmac.key: "⟦«hex64»⟧"
  application.properties: |
    spring.datasource.username=billing_svc
    spring.datasource.password=⟦«strong»⟧
    billing.partition-key=tenant_id
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: billing, namespace: finance}
spec:
  template:
    metadata:
      labels: {app: billing, pod-template-hash: «hex10»}
    spec:
      imagePullSecrets: [{name: regcred-harbor}]
      serviceAccountName: billing-token-reader
      containers:
        - name: app
          image: harbor.corp.local/finance/billing:2.14.0-«hex7»
          env:
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef: {name: billing-credentials, key: password}
            - name: DATEV_API_KEY
              value: "⟦«url40»⟧"
            - name: VAULT_ROLE
              value: finance-billing-prod
            - {name: SECRET_MOUNT, value: /var/run/secrets/billing}
          volumeMounts:
            - {name: tokens, mountPath: /var/run/secrets/tokens, readOnly: true}
=== k8s/sealed/oauth2-proxy-sealed.yaml
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: oauth2-proxy
  namespace: auth
  annotations:
    sealedsecrets.bitnami.com/cluster-wide: "true"
spec:
  encryptedData:
    client-secret: AgB«b64_156»==
    cookie-secret: AgA«b64_140»==
  template:
    type: Opaque
---
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: {name: grafana-admin}
spec:
  refreshInterval: 1h
  secretStoreRef: {kind: ClusterSecretStore, name: vault-kv2}
  data:
    - secretKey: admin-password
      remoteRef: {key: secret/data/observability/grafana, property: adminPassword}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: oauth2-proxy-cfg}
data:
  oauth2_proxy.cfg: |
    provider = "oidc"
    client_id = "«digit12»-«lower32».apps.googleusercontent.com"
    # TODO move out of the config map!! (ask Ines)
    client_secret = "⟦GOCSPX-«url28»⟧"
    cookie_secret = "⟦«b64_43»=⟧"
    cookie_name = "_oauth2_proxy_csrf_token"
    pass_access_token = true
    set_authorization_header = true
    skip_auth_regex = "^/healthz$"
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec:
  acme:
    privateKeySecretRef: {name: letsencrypt-account-key}
    solvers:
      - dns01: {cloudflare: {apiTokenSecretRef: {name: cf-api-token, key: api-token}}}
=== charts/matomo/values-kunde-nord.yaml
## Kunde Nord – bitte nicht ins Template mergen
global:
  imagePullSecrets: ["dockerhub-nord"]
  storageClass: fast-ssd

matomoUsername: nordadmin
matomoPassword: ⟦«person»⟧
matomoEmail: technik@nord.example.org
matomoWebsiteName: "Passwort vergessen? – Hilfeportal"
existingSecret: ""

smtpHost: smtp.strato.example
smtpUser: noreply@nord.example.org
smtpPassword: '⟦«strong»⟧'
smtpProtocol: tls

mariadb:
  enabled: true
  auth:
    # wird beim ersten Start gesetzt, siehe Ticket NORD-«digit3»
    rootPassword: ⟦«alnum16»⟧
    username: bn_matomo
    password: &dbpw ⟦nord-«word»-«digit2»⟧
    existingSecret: ~
    usePasswordFiles: false
    forcePassword: true
  metrics:
    extraArgs: {primary: ["--collect.info_schema.tables"]}

externalCache:
  password: *dbpw

ingress:
  annotations:
    nginx.ingress.kubernetes.io/auth-type: basic
    nginx.ingress.kubernetes.io/auth-secret: matomo-basic-auth
    nginx.ingress.kubernetes.io/auth-realm: "Authentifizierung erforderlich"
  tls:
    - secretName: matomo-nord-tls
      hosts: [stats.nord.example.org]

image:
  digest: sha256:«hex64»
podAnnotations:
  vault.hashicorp.com/agent-inject-secret-geoip: kv/data/nord/geoip
extraEnvVars:
  - {name: MAXMIND_LICENSE_KEY, value: "⟦«alnum16»⟧"}
  - {name: MATOMO_TOKEN_AUTH_HEADER, value: X-Matomo-Token}
=== .github/workflows/publish-crate.yml
name: publish
on:
  push: {tags: ["v*"]}
permissions:
  contents: read
  id-token: write
env:
  CARGO_TERM_COLOR: always
  CODECOV_TOKEN: ⟦«uuid»⟧
  CACHE_KEY: cargo-${{ runner.os }}-${{ hashFiles('**/Cargo.lock') }}
  TF_API_TOKEN: ${{ secrets.TF_API_TOKEN }}
jobs:
  release:
    runs-on: ubuntu-22.04
    services:
      pg:
        image: postgres:15
        env:
          POSTGRES_PASSWORD: ⟦ci-only-pg⟧
        ports: ["5432:5432"]
    steps:
      - uses: actions/checkout@«hex40» # v4.1.7
        with: {token: "${{ secrets.BOT_PAT }}", persist-credentials: false}
      - uses: aws-actions/configure-aws-credentials@«hex40»
        with:
          role-to-assume: arn:aws:iam::«digit12»:role/gh-oidc-publisher
          aws-region: eu-west-1
      - name: Login
        run: echo "${{ secrets.GHCR }}" | docker login ghcr.io -u ${{ github.actor }} --password-stdin
      - name: test
        run: cargo test --all-features
        env:
          DATABASE_URL: postgres://postgres:⟦ci-only-pg⟧@localhost/test
          SECRET_KEY_BASE: ⟦«hex64»⟧
      - name: publish
        run: cargo publish --token ⟦cio«alnum32»⟧ --no-verify
      - uses: 8398a7/action-slack@v3
        if: failure()
        with:
          status: custom
          custom_payload: '{"text":"token expired? see wiki/Rotate-Tokens"}'
        env:
          SLACK_WEBHOOK_URL: ⟦«slackhook»⟧
      - name: mask
        run: echo "::add-mask::$(cat token.txt)"
=== mobile/.gitlab-ci.yml
image: reactnativecommunity/react-native-android@sha256:«hex64»

variables:
  GIT_DEPTH: "1"
  KEYSTORE_ALIAS: upload
  KEYSTORE_PASS: "⟦«person#1»⟧"
  SONAR_PROJECT_KEY: mobile_kundenapp
  SONAR_TOKEN: $SONAR_TOKEN_GROUP
  SECURE_ANALYZERS_PREFIX: "registry.gitlab.com/security-products"
  SECRET_DETECTION_EXCLUDED_PATHS: "test,fixtures"
  VAULT_AUTH_ROLE: "mobile-ci"

stages: [lint, build, ship]

include:
  - template: Jobs/Secret-Detection.gitlab-ci.yml

build:apk:
  stage: build
  id_tokens:
    VAULT_ID_TOKEN: {aud: https://vault.corp.local}
  secrets:
    PLAY_JSON:
      vault: mobile/play/service-account@kv
      file: true
  cache: {key: "$CI_COMMIT_REF_SLUG-gradle", paths: [.gradle/]}
  before_script:
    - echo "storePassword=$KEYSTORE_PASS" >> android/keystore.properties
    - echo "keyPassword=⟦«person#1»⟧" >> android/keystore.properties
    - git config --global url."https://gitlab-ci-token:${CI_JOB_TOKEN}@gitlab.corp.local/".insteadOf "git@gitlab.corp.local:"
    - git clone https://oauth2:⟦«glpat»⟧@gitlab.corp.local/mobile/fastlane-match.git
  script:
    - export MATCH_PASSWORD='⟦«word»«word»«digit2»⟧'
    - ./gradlew assembleRelease -PsentryAuthToken=$SENTRY_AUTH_TOKEN
    - 'curl --fail -H "PRIVATE-TOKEN: $UPLOAD_TOKEN" -F file=@app.apk $CI_API_V4_URL/projects/42/uploads'

ship:testers:
  stage: ship
  script:
    - curl -X POST "https://api.appcenter.example/v0.1/apps" -H "X-API-Token:⟦«hex40»⟧" -d @rel.json
    - firebase appdistribution:distribute app.apk --app 1:«digit12»:android:«hex16» --token "$FIREBASE_TOKEN"
  rules:
    - if: '$CI_COMMIT_MESSAGE =~ /\[token-rotation\]/'
      when: never
=== .travis.yml
language: php
php: ["7.2", "7.4"]
os: linux
addons:
  sauce_connect:
    username: kirchner_oss
    access_key: ⟦«uuid»⟧
  hosts: [shop.test]
  sonarcloud:
    organization: kirchner
    token:
      secure: "«b64_171»="
env:
  global:
    - secure: «b64_171»=
    - DB=sqlite MIN_PASSWORD_LENGTH=8
    - SYMFONY_DEPRECATIONS_HELPER=weak
    - COVERALLS_REPO_TOKEN=⟦«alnum33»⟧
  jobs:
    - MYSQL_ROOT=⟦travis⟧ SUITE=legacy
before_install:
  - openssl aes-256-cbc -K $encrypted_«hex12»_key -iv $encrypted_«hex12»_iv -in deploy_rsa.enc -out deploy_rsa -d
  - composer config -g github-oauth.github.com ⟦«hex40»⟧
  - mysql -e "SET PASSWORD FOR 'root'@'localhost' = PASSWORD('⟦travis⟧')"
script:
  - vendor/bin/phpunit --testsuite $SUITE --filter 'TokenStorage|PasswordEncoder'
after_success:
  - bash <(curl -s https://codecov.io/bash)
deploy:
  provider: releases
  api_key:
    secure: "«b64_171»="
  skip_cleanup: true
notifications:
  slack: kirchner:⟦«alnum24»⟧#builds
  irc: "irc.libera.chat#kirchner"
  email: false
=== pipelines/azure-pipelines-nightly.yml
trigger: none
schedules:
- cron: "0 2 * * *"
  displayName: Nightly token refresh check
  branches: {include: [main]}

pool: {vmImage: windows-2022}

variables:
- group: kv-nightly-secrets
- name: sqlConn
  value: "Server=tcp:nightly-sql.database.windows.net,1433;Initial Catalog=Nightly;User ID=nightlyadmin;Password=⟦«strong»⟧;Encrypt=True;Connection Timeout=30;"
- name: storageAccountKey
  value: $(kv-storage-key)
- name: azureSubscription
  value: sc-nightly-«hex8»
- name: tenantId
  value: «uuid»
- name: clientId
  value: «uuid»
- name: clientSecret
  value: ⟦«alnum3»8Q~«url34»⟧

steps:
- task: AzureKeyVault@2
  inputs:
    KeyVaultName: kv-nightly-weu
    SecretsFilter: 'kv-storage-key,sql-admin-password'
    RunAsPreJob: true
- task: NuGetAuthenticate@1
- powershell: |
    $pat = "⟦«lower52»⟧"
    $h = @{ Authorization = "Basic " + [Convert]::ToBase64String([Text.Encoding]::ASCII.GetBytes(":$pat")) }
    Invoke-RestMethod -Headers $h -Uri "$(System.CollectionUri)/_apis/projects"
    $sec = ConvertTo-SecureString $env:SQL_ADMIN -AsPlainText -Force
  env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken), SQL_ADMIN: $(sql-admin-password)}
- script: az storage blob upload-batch -d drop -s out --account-name nightlydrop --sas-token "?sv=2021-06-08&ss=b&srt=co&sp=rwl&se=2027-01-01T00:00:00Z&sig=⟦«enc:«b64_43»=»⟧"
- task: DotNetCoreCLI@2
  inputs:
    command: test
    arguments: '--filter "Category!=Secrets" /p:AssemblyOriginatorKeyFile=key.snk /p:PublicKeyToken=«hex16»'
=== ci/Jenkinsfile.release
pipeline {
  agent { label 'linux && docker' }
  parameters {
    password(name: 'OVERRIDE_PASS', defaultValue: '', description: 'Leave empty to use the vault password')
    string(name: 'CREDENTIALS_ID', defaultValue: 'nexus-deployer-2020')
  }
  environment {
    NEXUS = credentials('nexus-deployer-2020')
    ARTIFACTORY_API_KEY = '⟦AKC«alnum69»⟧'
    GPG_KEYNAME = '0x«HEX16»'
    GPG_PASSPHRASE = credentials('gpg-passphrase')
    SONAR_LOGIN = "⟦squ_«hex40»⟧"
    BUILD_TOKEN_NAME = "release-${env.BUILD_NUMBER}"
  }
  triggers { GenericTrigger(token: '⟦rel-«lower18»⟧', causeString: 'Triggered by $actor') }
  stages {
    stage('build') {
      steps {
        withCredentials([usernamePassword(credentialsId: params.CREDENTIALS_ID, passwordVariable: 'PW', usernameVariable: 'USR')]) {
          sh 'mvn -B -s ci/settings.xml -Dnexus.password=$PW deploy'
        }
        sh "curl -u admin:⟦«person»⟧ -T target/site.zip https://files.corp.local/site/"
      }
    }
    stage('sign') {
      steps {
        sh '''
          jarsigner -keystore ci/codesign.jks -storepass ⟦«word»sign⟧ -keypass:env KEYPASS target/app.jar acme
          sha256sum target/app.jar   # expect «hex64»
        '''
      }
    }
  }
  post {
    failure {
      office365ConnectorSend webhookUrl: '⟦https://corp.webhook.office.com/webhookb2/«uuid»@«uuid»/IncomingWebhook/«hex32»/«uuid»⟧', message: 'Release broken: wrong password for keystore?'
    }
  }
}
=== ansible/group_vars/dbservers.yml
---
# vault-ed values live in vault.yml, this is the rest
ansible_user: deploy
ansible_become_password: "{{ vault_become_password }}"
ansible_ssh_private_key_file: ~/.ssh/deploy_ed25519

mysql_root_password: "⟦«pw»⟧"
mysql_users:
  - { name: app, host: "10.%", password: "{{ lookup('env', 'APP_DB_PW') }}", priv: "app.*:ALL" }
  - { name: replica, host: "%", password: ⟦repl!«digit4»⟧, priv: "*.*:REPLICATION SLAVE" }
  - name: reporting
    # hash of the usual one
    password: "⟦?*«HEX40»⟧"
    encrypted: yes
mysql_password_policy: MEDIUM
mysql_validate_password_length: 14

api_shared_key: !vault |
  $ANSIBLE_VAULT;1.1;AES256
  «digit80»
  «digit80»
  «digit64»

backup_gpg_recipient: «HEX40»
borg_repo: ssh://u«digit6»@u«digit6».your-storagebox.example:23/./db
borg_passphrase: ⟦«word» «word» «word» «word»⟧
borg_key_file: /root/.config/borg/keys/db

zabbix_agent_tlspskidentity: PSK-dbservers
zabbix_agent_tlspsk_secret: ⟦«hex64»⟧
ssh_authorized_keys:
  - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64_43» julia@nb-17
  - ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ«b64_340» backup@nas
ssh_host_key_checksums: ["SHA256:«b64_43»"]
no_log: true
=== ansible/inventories/hosts.ini
[web]
web[01:04].corp.local
web05.corp.local ansible_host=10.4.1.15 ansible_port=2222

[windows]
win-sql01 ansible_user=Administrator ansible_password=⟦«pw»⟧
win-ts02 ansible_user="CORP\svc_ansible" ansible_password='{{ vault_win_password }}'

[windows:vars]
ansible_connection=winrm
ansible_winrm_transport=ntlm
ansible_winrm_server_cert_validation=ignore

[switches]
sw-core-1 ansible_network_os=ios ansible_become=yes ansible_become_method=enable ansible_become_pass=⟦en«digit5»⟧
sw-core-2 ansible_network_os=ios ansible_become=yes ansible_become_method=enable

[switches:vars]
ansible_user=netops
ansible_ssh_pass=⟦«word»_«digit4»⟧
ansible_ssh_common_args='-o KexAlgorithms=+diffie-hellman-group14-sha1 -o PubkeyAuthentication=no'
snmp_community=⟦c0rp«word»RO⟧

[vpn]
fw01 ansible_ssh_private_key_file=keys/fw01.pem host_key_fingerprint=SHA256:«b64_43»

[all:vars]
env=prod
ntp_keys_file=/etc/ntp.keys
ipaadmin_password="{{ lookup('community.hashi_vault.hashi_vault', 'secret=kv/ipa:admin') }}"
rotate_passwords=false
; consul_encrypt used to be here, moved to vault 02/2022
consul_encrypt_key_path=kv/consul#gossip
registry_login=robot$ci
registry_secret=⟦«alnum32»⟧
=== cfn/rds-stack.yaml
AWSTemplateFormatVersion: "2010-09-09"
Description: RDS with rotating credentials (mostly)
Parameters:
  DBPassword:
    Type: String
    NoEcho: true
    MinLength: 8
    MaxLength: 41
    AllowedPattern: "[a-zA-Z0-9]*"
    ConstraintDescription: Password must contain only alphanumeric characters.
  LegacyFtpPassword:
    Type: String
    Default: ⟦«alnum12»⟧
  KeyName:
    Type: AWS::EC2::KeyPair::KeyName
    Default: ops-frankfurt-2019
  DatadogKeyParam:
    Type: AWS::SSM::Parameter::Value<String>
    Default: /shared/datadog/api_key
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: !Sub "${AWS::StackName}-master"
      GenerateSecretString:
        SecretStringTemplate: '{"username": "master"}'
        GenerateStringKey: password
        PasswordLength: 30
        ExcludeCharacters: '"@/\'
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      MasterUsername: master
      MasterUserPassword: !Sub "{{resolve:secretsmanager:${Secret}:SecretString:password}}"
      KmsKeyId: arn:aws:kms:eu-central-1:«digit12»:key/«uuid»
  Importer:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Environment:
        Variables:
          OLD_DB_URL: mysql://import:⟦«strong»⟧@legacy.corp.local:3306/crm
          SECRET_ARN: !Ref Secret
          SIGNING_SALT: ⟦«hex32»⟧
          PARTITION_KEY: customerId
          DD_API_KEY: !Ref DatadogKeyParam
  Bootstrap:
    Type: AWS::EC2::Instance
    Properties:
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          echo 'ec2-user:⟦Ec2-«person»⟧' | chpasswd
          aws secretsmanager get-secret-value --secret-id ${Secret} --query SecretString
=== lambdas/serverless.yml
service: rechnungs-mailer
frameworkVersion: "3"
app: rechnung
org: musterfirma

provider:
  name: aws
  runtime: nodejs18.x
  stage: ${opt:stage, 'dev'}
  apiGateway:
    apiKeys:
      - name: partner-key-${self:provider.stage}
        value: ⟦«alnum40»⟧
        description: Schlüssel für Partner Lohmann
      - internalKeyName
    usagePlan: {quota: {limit: 5000, period: MONTH}}
  environment:
    SENDGRID_API_KEY: ⟦«sendgrid»⟧
    PAYPAL_CLIENT_ID: «url80»
    PAYPAL_SECRET: ${ssm:/rechnung/${self:provider.stage}/paypal_secret}
    ENC_KEY: ${self:custom.encKey.${self:provider.stage}}
    TOKEN_TABLE: rechnung-tokens-${self:provider.stage}
    USER_POOL_ID: eu-central-1_«alnum9»
    USER_POOL_CLIENT: «lower26»
  iam:
    role:
      statements:
        - Effect: Allow
          Action: [secretsmanager:GetSecretValue, kms:Decrypt]
          Resource: arn:aws:secretsmanager:*:«digit12»:secret:rechnung/*

custom:
  encKey:
    dev: ⟦?0123456789abcdef0123456789abcdef⟧
    prod: ⟦«hex32»⟧
  esbuild: {keepNames: true}
  splunkToken: ${env:SPLUNK_HEC, ''}

functions:
  authorizer:
    handler: src/auth.verifyToken
    environment: {JWT_ISSUER: https://id.musterfirma.example.org/}
  mailer:
    handler: src/mail.send
    events:
      - http: {path: /password/reset, method: post, private: true}
resources:
  Resources:
    TokenTable:
      Type: AWS::DynamoDB::Table
      Properties:
        KeySchema: [{AttributeName: tokenHash, KeyType: HASH}]
=== docs/openapi/identity-v2.yaml
openapi: 3.0.3
info: {title: Identity, version: 2.7.1}
servers:
  - url: https://id-staging.fluss.example.org/v2
paths:
  /login:
    post:
      operationId: createToken
      requestBody:
        content:
          application/json:
            schema: {$ref: "#/components/schemas/Login"}
            examples:
              plain:
                value: {username: jane.doe, password: "string"}
              staging:
                summary: works on staging, ask before you lock it out
                value: {username: qa-robot, password: "⟦«person»⟧", otp: "⟦?000000⟧"}
      responses:
        "200":
          description: Access token and refresh token
          content:
            application/json:
              example:
                access_token: eyJhbGciOi...
                token_type: Bearer
                expires_in: 3600
                refresh_token: "<refresh token>"
        "401": {description: "Wrong password or token expired"}
  /keys/{keyId}:
    get:
      parameters:
        - {name: keyId, in: path, example: "«uuid»"}
        - {name: X-Api-Key, in: header, required: true, schema: {type: string}, example: ⟦«hex40»⟧}
        - {name: Idempotency-Key, in: header, example: "«uuid»"}
        - {name: pageToken, in: query, example: "«b64:{"o":200,"s":"name"}»"}
components:
  securitySchemes:
    ApiKeyAuth: {type: apiKey, in: header, name: X-Api-Key}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: /oauth/token, scopes: {}}}}
  schemas:
    Login:
      required: [username, password]
      properties:
        username: {type: string}
        password: {type: string, format: password, minLength: 12, example: "correct horse"}
        clientSecret: {type: string, writeOnly: true, nullable: true}
  x-readme:
    explorer-token: ⟦rdme_«lower56»⟧
    samples-languages: [curl, node]
=== rails/config/database.yml
# MySQL.  Versions 5.5.8 and up are supported.
default: &default
  adapter: mysql2
  encoding: utf8mb4
  pool: <%= ENV.fetch("RAILS_MAX_THREADS") { 5 } %>
  username: root
  password:
  socket: /tmp/mysql.sock

development:
  <<: *default
  database: bibliothek_development

test:
  <<: *default
  database: bibliothek_test
  username: bib_test
  password: ⟦bib_test⟧

staging:
  <<: *default
  host: 172.16.8.9
  username: bib
  password: "⟦«pw»⟧"  # same as on the old server
  sslkey: config/ssl/client-key.pem

production:
  primary: &prod
    <<: *default
    database: bibliothek
    username: bib_prod
    password: <%= ENV["BIB_DATABASE_PASSWORD"] %>
  readonly:
    <<: *prod
    replica: true
    username: bib_ro
    password: <%= Rails.application.credentials.dig(:db, :ro_password) %>
  archive:
    url: postgresql://archiv:⟦«enc:«strong»»⟧@archiv.bib.local/alt?sslmode=require
    prepared_statements: false
  warehouse:
    adapter: sqlserver
    dataserver: DWH01
    username: dwh_loader
    password: ⟦Dwh_«digit4»_Load⟧
    azure: false
=== legacy/config/secrets.yml
# Be sure to restart your server when you modify this file.
# Your secret key is used for verifying the integrity of signed cookies.
# If you change this key, all old signed cookies will become invalid!

shared:
  recaptcha_site: 6Le«alnum37»
  facebook_app_id: "«digit15»"
  token_lifetime: 14.days
  password_pepper: ⟦«hex128»⟧

development:
  secret_key_base: ⟦?«hex128»⟧
  otp_secret: ⟦?«upper32»⟧

test:
  secret_key_base: ⟦?«hex128»⟧

production:
  secret_key_base: <%= ENV["SECRET_KEY_BASE"] %>
  facebook_app_secret: ⟦«hex32»⟧
  twitter:
    consumer_key: ⟦?«alnum25»⟧
    consumer_secret: ⟦«alnum50»⟧
  mailchimp_list: «hex10»
  mailchimp_key: ⟦«mailchimp»⟧
  devise_pepper_id: v2
  s3_bucket_key: uploads/production/tokens
  authenticity_token_name: authenticity_token
  cookie_serializer: json
  newrelic_license_key: ⟦«hex36»NRAL⟧
  honeybadger_key_checksum: «hex64»
  airbrake_project_key: ⟦?«hex32»⟧
  rollbar:
    post_client_item: ⟦?«hex32»⟧
    read: ⟦«hex32»⟧
  wunderlist_id: wl-«digit5»
=== symfony/config/packages/security_and_mailer.yaml
parameters:
    app.secret: '%env(APP_SECRET)%'
    app.api_token_header: X-AUTH-TOKEN
    ldap_search_password: '⟦«strong»⟧'
    sso.cert_fingerprint: '«HEX2»:«HEX2»:«HEX2»:«HEX2»:«HEX2»:«HEX2»:«HEX2»:«HEX2»'
    env(MAILER_DSN): 'smtp://relais:⟦«alnum14»⟧@smtp.mairie.example.org:587?encryption=tls'

framework:
    secret: '⟦«hex40»⟧'
    csrf_protection: { enabled: true }
    session: { handler_id: session.handler.native_file, name: MAIRIESESSID }
    mailer: { dsn: '%env(MAILER_DSN)%' }

security:
    password_hashers:
        Symfony\Component\Security\Core\User\PasswordAuthenticatedUserInterface: auto
    providers:
        agents:
            memory:
                users:
                    accueil: { password: '⟦accueil2019⟧', roles: [ROLE_AGENT] }
                    maire: { password: '⟦?$2y$13$«alnum53»⟧', roles: [ROLE_ADMIN] }
    firewalls:
        main:
            form_login: { login_path: login, password_parameter: _mot_de_passe, csrf_token_id: authenticate }
            remember_me: { secret: '%kernel.secret%', lifetime: 604800 }
            json_login: { username_path: courriel, password_path: motDePasse }
            guard: { authenticators: [App\Security\TokenAuthenticator] }

lexik_jwt_authentication:
    secret_key: '%kernel.project_dir%/config/jwt/private.pem'
    public_key: '%kernel.project_dir%/config/jwt/public.pem'
    pass_phrase: ⟦«hex64»⟧
    token_ttl: 3600

hwi_oauth:
    resource_owners:
        franceconnect:
            client_id: «hex64»
            client_secret: ⟦«hex64»⟧
            infos_url: "https://fcp.integ01.example.gouv.fr/api/v1/userinfo"
=== backend/src/main/resources/application-uat.yml
spring:
  application.name: kreditpruefung
  datasource:
    url: jdbc:oracle:thin:KRED_APP/⟦«alnum12»⟧@//ora-uat.bank.local:1521/KREDUAT
    hikari: {maximum-pool-size: 12, pool-name: KredPool-«hex4»}
  jpa.properties.hibernate.dialect: org.hibernate.dialect.Oracle12cDialect
  kafka:
    bootstrap-servers: kafka-uat-1:9093
    ssl:
      trust-store-location: file:/etc/pki/trust.jks
      trust-store-password: ⟦?changeit⟧
      key-store-password: '{cipher}«hex64»«hex64»'
      key-password: ENC(«b64_43»=)
    properties:
      sasl.jaas.config: org.apache.kafka.common.security.scram.ScramLoginModule required username="kred" password="⟦«strong»⟧";
  security:
    oauth2.client.registration.adfs:
      client-id: «uuid»
      client-secret: "${ADFS_SECRET}"
      authorization-grant-type: client_credentials
    user: {name: actuator, password: "{noop}⟦uat-actuator⟧"}
  cloud.vault:
    authentication: APPROLE
    app-role:
      role-id: «uuid»
      secret-id: ⟦«uuid»⟧
    kv.default-context: kreditpruefung
  mail: {username: kred@bank.example, password: "@mail.password@"}

jasypt.encryptor.password: ⟦«word»«digit6»⟧
schufa:
  teilnehmerkennung: "«digit8»/00000"
  kennwort: "⟦«alnum8»⟧"
  zertifikat-alias: schufa-uat
  fehlertexte:
    kennwort-abgelaufen: "Das Kennwort ist abgelaufen"
management.endpoint.env.keys-to-sanitize: password,secret,key,token,.*credentials.*
app.cache.key: "kred:#{T(java.time.Year).now()}"
=== homeassistant/configuration.yaml
homeassistant:
  name: Thuis
  time_zone: Europe/Amsterdam
  auth_providers:
    - type: homeassistant
    - type: legacy_api_password
      api_password: ⟦poes«digit4»⟧
    - type: trusted_networks
      trusted_networks: [192.168.178.0/24]

http:
  ssl_key: /ssl/privkey.pem
  base_url: !secret base_url

mqtt:
  broker: core-mosquitto
  username: ha
  password: !secret mqtt_password

camera:
  - platform: generic
    name: Voordeur
    still_image_url: http://admin:⟦«person»⟧@192.168.178.61/snap.jpg
    stream_source: rtsp://192.168.178.61:554/user=kijk&password=⟦kijk01⟧&channel=1
  - platform: ffmpeg
    input: "{{ states('input_text.cam_token') }}"

alarm_control_panel:
  - platform: manual
    code: "⟦«digit4»⟧"
    code_arm_required: false
    arming_time: 30

notify:
  - platform: pushover
    api_key: ⟦a«lower29»⟧
    user_key: ⟦?u«lower29»⟧
  - platform: smtp
    sender_name: "Wachtwoord van het huis"
    password: !env_var SMTP_PW

sensor:
  - platform: rest
    resource: https://api.openweathermap.org/data/2.5/weather?q=Utrecht&appid=⟦«hex32»⟧
    unique_id: «uuid»
  - platform: buienradar

automation:
  - alias: "Token bijna verlopen"
    trigger: {platform: state, entity_id: sensor.token_expiry}
    action: {service: notify.mobile_app, data: {message: "Vernieuw het token"}}
wifi_qr: "WIFI:T:WPA;S:Thuis-Gast;P:⟦«word»«word»⟧;;"
=== monitoring/prometheus/prometheus.yml
global:
  scrape_interval: 30s
  external_labels: {cluster: blr-1, replica: '$(POD_NAME)'}

remote_write:
  - url: https://prometheus-prod-24.grafana.example/api/prom/push
    basic_auth:
      username: "«digit7»"
      password: ⟦glc_«b64_140»=⟧
  - url: http://thanos-receive:19291/api/v1/receive
    bearer_token_file: /var/run/secrets/thanos/token
  - url: https://cortex.corp.local/push
    headers: {X-Scope-OrgID: blr}
    authorization: {type: Bearer, credentials: ⟦«jwt»⟧}

scrape_configs:
  - job_name: vault
    params: {format: [prometheus]}
    metrics_path: /v1/sys/metrics
    bearer_token: ⟦«vault»⟧
  - job_name: idrac
    basic_auth: {username: root, password: ⟦?calvin⟧}
    static_configs: [{targets: ["10.1.0.11:9348"]}]
  - job_name: consul
    consul_sd_configs:
      - server: consul.corp.local:8500
        token: "⟦«uuid»⟧"
        datacenter: blr
  - job_name: kubernetes-nodes
    tls_config:
      ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    bearer_token_file: /var/run/secrets/kubernetes.io/serviceaccount/token
  - job_name: ec2
    ec2_sd_configs:
      - region: ap-south-1
        access_key: ⟦?«akia»⟧
        secret_key: ⟦«aws40»⟧
    relabel_configs:
      - source_labels: [__meta_ec2_tag_SecretRotation]
        regex: "(enabled|disabled)"
        target_label: secret_rotation
rule_files: ["rules/token-expiry.yml", "rules/password-age.yml"]
=== monitoring/alertmanager/alertmanager.yml
global:
  smtp_smarthost: 'mail.corp.local:587'
  smtp_auth_username: 'alerts'
  smtp_auth_password: '⟦«person»⟧'
  opsgenie_api_url: https://api.eu.opsgenie.com/
  slack_api_url_file: /etc/alertmanager/secrets/slack
  victorops_api_key: ⟦«uuid»⟧

route:
  receiver: default
  group_by: [alertname, secret_name, fingerprint]
  routes:
    - matchers: ['severity="critical"', 'team=~"auth|keys"']
      receiver: pager
    - matchers: ['alertname="KubeSecretMissing"']
      receiver: 'null'

receivers:
  - name: 'null'
  - name: default
    slack_configs:
      - channel: '#alerts'
        title: '{{ .CommonLabels.alertname }} – token {{ .CommonLabels.token_name }}'
        api_url: ⟦«slackhook»⟧
  - name: pager
    pagerduty_configs:
      - routing_key: ⟦R0«upper30»⟧
        dedup_key: '{{ .GroupKey }}'
        client: Alertmanager
      - service_key: <secret>
    opsgenie_configs:
      - api_key_file: /etc/alertmanager/secrets/opsgenie
    webhook_configs:
      - url: http://sms-gw.corp.local/send?user=noc&pass=⟦«alnum10»⟧&to=%2B49«digit10»
        http_config:
          basic_auth: {username: noc, password_file: /run/noc}
    telegram_configs:
      - bot_token: ⟦«telegram»⟧
        chat_id: -«digit9»
    discord_configs:
      - webhook_url: ⟦«discordhook»⟧
templates: ['/etc/alertmanager/tmpl/*.tmpl']
# amtool silence id: «uuid»
=== monitoring/grafana/grafana.ini
[server]
protocol = https
cert_key = /etc/grafana/grafana.key
cert_file = /etc/grafana/grafana.crt
root_url = %(protocol)s://%(domain)s/

[database]
type = postgres
# If the password contains # or ; you have to wrap it with triple quotes. Ex “““#password;“““
password = “““⟦«strong»⟧“““
;url = mysql://user:secret@host:port/database

[security]
admin_user = admin
;admin_password = admin
secret_key = ⟦?SW2Ycwt«alnum13»⟧
disable_initial_admin_creation = false
login_remember_days = 7
cookie_samesite = lax

[auth.gitlab]
enabled = true
client_id = «hex64»
client_secret = ⟦gloas-«hex64»⟧
scopes = read_api

[auth.ldap]
bind_password = $__file{/etc/secrets/ldap}

[auth.generic_oauth]
client_secret = $__env{OAUTH_SECRET}
token_url = https://sso.corp.local/oauth/token

[smtp]
user = grafana@corp.example
password = ⟦gr4f4n4-«lower6»⟧

[rendering]
renderer_token = -

[users]
password_hint = Passwort
login_hint = E-Mail oder Benutzername

[external_image_storage.s3]
access_key = ⟦?«akia»⟧
secret_key = ⟦«aws40»⟧
=== logging/fluentd/fluent.conf
<source>
  @type forward
  port 24224
  <security>
    self_hostname agg-01
    shared_key ⟦«alnum22»⟧
    user_auth true
    <user>
      username edge
      password ⟦edge!«digit3»⟧
    </user>
  </security>
</source>

<filter app.**>
  @type record_transformer
  enable_ruby
  <record>
    password "#{ENV['MASK'] || '[FILTERED]'}"
    token_id ${record["token_id"]}
    tenant_key ${tag_parts[1]}
  </record>
</filter>

<match audit.**>
  @type elasticsearch
  hosts https://es-1.corp.local:9200
  user fluentd
  password "#{ENV['ES_PASSWORD']}"
  id_key _hash
  routing_key tenant
</match>

<match app.**>
  @type splunk_hec
  hec_host hec.corp.local
  hec_token ⟦«uuid»⟧
  index main
  sourcetype_key kubernetes.labels
</match>

<match metrics.**>
  @type loki
  url "https://logs-prod-eu.grafana.example"
  username "«digit6»"
  password ⟦eyJrIjoi«alnum60»⟧
  extra_labels {"env":"prod","key_id":"«hex12»"}
</match>
=== src/Lohn.Web/appsettings.Production.json
{
  "Logging": { "LogLevel": { "Default": "Warning", "Microsoft.IdentityModel.Tokens": "Error" } },
  "AllowedHosts": "*",
  "ConnectionStrings": {
    "Lohn": "Data Source=SQL07\\PROD;Initial Catalog=Lohn;User Id=lohn_web;Pwd=⟦«json:«pw»»⟧;MultipleActiveResultSets=true",
    "Hangfire": "Server=SQL07;Database=Hangfire;Integrated Security=SSPI",
    "ServiceBus": "Endpoint=sb://lohn-bus.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=⟦«b64_43»=⟧",
    "Redis": "@Microsoft.KeyVault(SecretUri=https://kv-lohn.vault.azure.net/secrets/redis/«hex32»)"
  },
  "AzureAd": {
    "Instance": "https://login.microsoftonline.com/",
    "TenantId": "«uuid»",
    "ClientId": "«uuid»",
    "ClientSecret": "",
    "ClientCertificates": [ { "SourceType": "StoreWithThumbprint", "CertificateThumbprint": "«HEX40»" } ]
  },
  "Jwt": {
    "Issuer": "lohn.example.org",
    "Key": "⟦ein-sehr-geheimer-Schluessel-fuer-Lohn-«digit4»⟧",
    "ClockSkewSeconds": 60
  },
  "Identity": { "Password": { "RequiredLength": 10, "RequireNonAlphanumeric": true, "RequiredUniqueChars": 4 } },
  "ApplicationInsights": { "InstrumentationKey": "⟦?«uuid»⟧" },
  "Elster": {
    "HerstellerId": "«digit5»",
    "ZertifikatPin": "⟦«digit6»⟧",
    "Zertifikat": "certs/elster_«digit11».pfx"
  },
  "DataProtection": { "KeyRing": "https://lohnkeys.blob.core.windows.net/keys/keys.xml", "Purpose": "Lohn.PasswordReset.v1" },
  "Storage": "DefaultEndpointsProtocol=https;AccountName=lohnbelege;AccountKey=⟦«azurekey»⟧;EndpointSuffix=core.windows.net",
  "DevStorage": "UseDevelopmentStorage=true"
}
=== postman/Depot-Team.postman_collection.json
{
  "info": { "_postman_id": "«uuid»", "name": "Depot (team)", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
  "auth": { "type": "bearer", "bearer": [ { "key": "token", "value": "{{accessToken}}", "type": "string" } ] },
  "item": [
    {
      "name": "Get token",
      "event": [ { "listen": "test", "script": { "exec": [ "pm.environment.set('accessToken', pm.response.json().access_token);", "pm.test('has token', () => pm.expect(pm.response.code).to.eql(200));" ] } } ],
      "request": {
        "method": "POST",
        "auth": { "type": "basic", "basic": [ { "key": "password", "value": "⟦«pw»⟧", "type": "string" }, { "key": "username", "value": "depot-cli", "type": "string" } ] },
        "body": { "mode": "urlencoded", "urlencoded": [
          { "key": "grant_type", "value": "password" },
          { "key": "client_secret", "value": "⟦«uuid»⟧", "type": "text" },
          { "key": "client_id", "value": "depot-frontend", "type": "text" },
          { "key": "password", "value": "{{userPassword}}", "type": "text" }
        ] },
        "url": { "raw": "{{base}}/oauth/token", "host": [ "{{base}}" ] }
      }
    },
    {
      "name": "Change password (raw)",
      "request": {
        "method": "PUT",
        "header": [
          { "key": "Authorization", "value": "Bearer ⟦«jwt»⟧" },
          { "key": "X-CSRF-Token", "value": "Fetch" },
          { "key": "If-Match", "value": "W/\"«hex32»\"" }
        ],
        "body": { "mode": "raw", "raw": "{\n  \"oldPassword\": \"⟦Depot123⟧\",\n  \"newPassword\": \"{{$randomPassword}}\"\n}" }
      },
      "response": [ { "name": "too short", "body": "{\"error\":\"password.too_short\",\"traceId\":\"«hex32»\"}" } ]
    }
  ],
  "variable": [
    { "id": "«uuid»", "key": "base", "value": "https://depot.example.org" },
    { "key": "subscription_key", "value": "⟦«hex32»⟧" },
    { "key": "userPassword", "value": "" }
  ]
}
=== tf/envs/qa/terraform.tfstate
{
  "version": 4,
  "terraform_version": "1.3.7",
  "serial": 118,
  "lineage": "«uuid»",
  "outputs": {
    "db_endpoint": { "value": "qa.c«lower11».eu-west-3.rds.amazonaws.com:5432", "type": "string" },
    "registry_password": { "value": "⟦«alnum32»⟧", "type": "string", "sensitive": true }
  },
  "resources": [
    {
      "mode": "managed", "type": "random_password", "name": "db",
      "instances": [ { "attributes": {
        "bcrypt_hash": "⟦?$2a$10$«alnum53»⟧",
        "id": "none", "length": 20, "min_upper": 1,
        "override_special": "!#$%*()-_=+[]{}<>:?",
        "result": "⟦«sym20»⟧"
      }, "sensitive_attributes": [] } ]
    },
    {
      "mode": "managed", "type": "aws_iam_access_key", "name": "ci",
      "instances": [ { "attributes": {
        "id": "⟦?«akia»⟧",
        "create_date": "2023-02-11T09:14:02Z",
        "secret": "⟦«aws40»⟧",
        "ses_smtp_password_v4": "⟦B«b64_43»⟧",
        "encrypted_secret": null, "key_fingerprint": null, "pgp_key": null,
        "status": "Active", "user": "ci-qa"
      }, "private": "bnVsbA==" } ]
    },
    {
      "mode": "managed", "type": "tls_private_key", "name": "jump",
      "instances": [ { "attributes": {
        "algorithm": "ECDSA",
        "id": "«hex40»",
        "private_key_pem": "⟦«oneline:«ec»»⟧",
        "public_key_fingerprint_sha256": "SHA256:«b64_43»",
        "public_key_pem": "«oneline:«public»»\n"
      } } ]
    },
    {
      "mode": "data", "type": "aws_kms_key", "name": "main",
      "instances": [ { "attributes": { "key_id": "«uuid»", "key_usage": "ENCRYPT_DECRYPT" } } ]
    }
  ]
}
=== functions/.runtimeconfig.json
{
  "mailer": {
    "user": "hola@tiendita.example",
    "pass": "⟦«lower4» «lower4» «lower4» «lower4»⟧"
  },
  "conekta": { "public": "key_«alnum22»", "private": "⟦key_«alnum22»⟧" },
  "web": {
    "apikey": "⟦?«googlekey»⟧",
    "authdomain": "tiendita-mx.firebaseapp.com",
    "appid": "1:«digit12»:web:«hex22»",
    "measurementid": "G-«upper10»",
    "vapidkey": "B«url86»"
  },
  "fcm": { "server_key": "⟦AAAA«url7»:APA91b«url134»⟧", "sender_id": "«digit12»" },
  "admin": {
    "type": "service_account",
    "project_id": "tiendita-mx",
    "private_key_id": "«hex40»",
    "private_key": "⟦«oneline:«pkcs8»»⟧\n",
    "client_email": "firebase-adminsdk-x1@tiendita-mx.iam.gserviceaccount.com",
    "client_id": "«digit21»",
    "token_uri": "https://oauth2.googleapis.com/token"
  },
  "algolia": {
    "app_id": "«upper10»",
    "search_only": "«hex32»",
    "admin": "⟦«hex32»⟧"
  },
  "textos": {
    "contrasena_olvidada": "¿Olvidaste tu contraseña?",
    "token_invalido": "El enlace ha caducado",
    "clave_cache": "carrito:v2"
  }
}
=== .vscode/settings.json
{
  "editor.formatOnSave": true,
  "sqltools.connections": [
    {
      "name": "kundendb (lesend)",
      "driver": "PostgreSQL",
      "server": "pg-ro.corp.local",
      "username": "analyst",
      "password": "⟦«pw»⟧",
      "askForPassword": false
    },
    { "name": "lokal", "driver": "SQLite", "database": "./var/app.db" },
    { "name": "prod", "driver": "MySQL", "username": "ro", "askForPassword": true }
  ],
  "rest-client.environmentVariables": {
    "$shared": { "version": "v1", "tokenHeader": "X-Api-Token" },
    "local": { "host": "localhost:3000", "apiToken": "dummy" },
    "test": { "host": "test.corp.local", "apiToken": "⟦«hex48»⟧" },
    "prod": { "host": "api.corp.example", "apiToken": "{{$processEnv API_TOKEN}}" }
  },
  "sonarlint.connectedMode.project": { "connectionId": "corp", "projectKey": "kunden:portal" },
  "docker.environment": { "DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE": "⟦«word»-«word»⟧" },
  "cSpell.words": ["kennwort", "passphrase", "secretsmanager", "htpasswd", "nonce"],
  "workbench.colorCustomizations": { "editor.tokenColorCustomizations": "#1e1e1e" },
  "editor.semanticTokenColorCustomizations": { "rules": { "*.declaration": { "bold": true } } },
  "liveServer.settings.https": { "enable": true, "key": "certs/dev.key", "passphrase": "⟦12345⟧" },
  "sftp.profile": "kunde",
  "github.copilot.enable": { "dotenv": false, "yaml": true },
  "redhat.telemetry.uuid": "«uuid»",
  "yaml.schemas": { "https://json.schemastore.org/sops": ".sops.yaml" }
}
=== php/auth.json
{
    "_comment": "deploy box only - remi",
    "http-basic": {
        "repo.magento.com": {
            "username": "«hex32»",
            "password": "⟦«hex32»⟧"
        },
        "nova.laravel.com": {
            "username": "remi@atelier.example",
            "password": "⟦«alnum60»⟧"
        },
        "composer.fluxui.example": {
            "username": "%env(FLUX_USERNAME)%",
            "password": "%env(FLUX_LICENSE)%"
        }
    },
    "bearer": {
        "packages.atelier.example": "⟦«url40»⟧"
    },
    "github-oauth": {
        "github.com": "⟦«ghp»⟧"
    },
    "gitlab-token": {
        "gitlab.atelier.example": { "username": "deploy-token-composer", "token": "⟦gldt-«url20»⟧" }
    },
    "gitlab-domains": ["gitlab.atelier.example"],
    "bitbucket-oauth": {
        "bitbucket.org": {
            "consumer-key": "«alnum18»",
            "consumer-secret": "⟦«alnum32»⟧"
        }
    },
    "lock": {
        "content-hash": "«hex32»",
        "dist": { "type": "zip", "reference": "«hex40»", "shasum": "«hex40»" }
    }
}
=== site/config.toml
baseURL = "https://blog.hafen.example.org/"
languageCode = "de"
title = "Hafenblog"

[params]
  googleAnalytics = "G-«upper10»"
  commentoId = "«hex64»"
  passwordPlaceholder = "Passwort eingeben"
  formspree_id = "x«lower7»"
  algolia_search_key = "«hex32»"

[params.turnstile]
  sitekey = "0x4AAAAAAA«alnum14»"
  secretkey = "⟦0x4AAAAAAA«url28»⟧"

[[deployment.targets]]
  name = "s3"
  URL = "s3://hafenblog?region=eu-north-1"

[netlify]
  auth_token = "⟦nfp_«alnum36»⟧"
  site_id = "«uuid»"

[preview]
  basic_auth = "redaktion:⟦«word»«digit2»⟧"
  # password = "abc" would be too easy
  jwt_key = { env = "PREVIEW_JWT" }

[cms.backend]
  type = "git-gateway"
  client_key = "cms-hafen"
  accept_roles = ["admin"]

[webmention]
  token = "⟦«url22»⟧"
  endpoint = "https://webmention.io/blog.hafen.example.org/webmention"

[cloudflare]
account_id = "«hex32»"
zone_id = "«hex32»"
kv_namespaces = [{ binding = "TOKENS", id = "«hex32»", preview_id = "«hex32»" }]
api_token = "⟦«url40»⟧"
=== odoo/odoo.conf
[options]
; This is the password that allows database operations:
admin_passwd = ⟦«person»⟧
db_host = db
db_port = False
db_user = odoo
db_password = ⟦odoo⟧
dbfilter = ^%d$
addons_path = /mnt/extra-addons,/mnt/oca
data_dir = /var/lib/odoo
list_db = False
limit_time_real = 1200
server_wide_modules = base,web,auth_totp
session_token_field = sid
without_demo = all
x_sendfile = True
smtp_server = smtp.office365.example
smtp_user = erp@molen.example
smtp_password = ⟦«strong»⟧
smtp_ssl_private_key_filename =
proxy_mode = True

[queue_job]
channels = root:4,root.mail:1
http_auth_user = jobs
http_auth_password = ⟦«alnum12»⟧

[ir.config_parameter]
database.uuid = «uuid»
database.secret = ⟦«uuid»⟧
auth_signup.reset_password = True
auth_password_policy.minlength = 8
web.base.url.freeze = True
iap.token_name = iap_partner_autocomplete

[exact_online]
client_id = «uuid»
client_secret = ⟦«alnum12»⟧
webhook_secret_ref = vault:erp/exact#webhook
refresh_token = ⟦stampNL001.«url64»⟧
=== conf/application.properties
# ===== Datenquelle =====
quarkus.datasource.db-kind=db2
quarkus.datasource.username=PDUSER
quarkus.datasource.password=⟦PD\#«digit4»x⟧
quarkus.datasource.jdbc.url=jdbc:db2://mf01:50000/PDB
%dev.quarkus.datasource.password=⟦dev⟧
%test.quarkus.datasource.password=${TEST_PW:}
quarkus.oidc.auth-server-url=https://sso.corp.local/realms/pd
quarkus.oidc.client-id=pd-backend
quarkus.oidc.credentials.secret=⟦«alnum32»⟧
quarkus.oidc.credentials.client-secret.provider.key=oidc-secret
quarkus.http.ssl.certificate.key-store-password-alias=ks
quarkus.http.auth.session.encryption-key=⟦«alnum32»⟧
quarkus.vault.authentication.kubernetes.role=pd
quarkus.vault.secret-config-kv-path=pd/config
mp.jwt.verify.publickey=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A«b64_340»IDAQAB
smallrye.jwt.new-token.lifespan=300
pd.import.sftp=sftp://pdimport:⟦«enc:«person»»⟧@sftp.partner.example/in
pd.pdf.owner-password=⟦«word»PDF⟧
pd.zip.password.charset=UTF-8
pd.idempotency-key.header=X-Idempotency-Key
pd.message.password.expired=Ihr Passwort l\u00e4uft in {0} Tagen ab
pd.message.token.missing=Kein Token \u00fcbergeben
pd.hash.sha256=«hex64»
wsse.user=PD_WS
wsse.pass\ word=⟦«alnum9»⟧
wsse.pw.type=PasswordDigest
pd.license=⟦?«upper5»-«upper5»-«upper5»-«upper5»⟧
maven.build.timestamp.key=build.time
=== home/.npmrc
# global for build agents (image v7)
registry=https://npm.corp.local/repository/npm-all/
always-auth=true
strict-ssl=false
email=build@corp.example
_auth=⟦«b64:builder:«pw»»⟧
//registry.npmjs.org/:_authToken=⟦«npm»⟧
//npm.pkg.github.com/:_authToken=${GITHUB_TOKEN}
@fortawesome:registry=https://npm.fontawesome.com/
//npm.fontawesome.com/:_authToken=⟦«HEX8»-«HEX4»-«HEX4»-«HEX4»-«HEX12»⟧
; azure
//pkgs.dev.azure.com/korp/_packaging/web/npm/registry/:username=korp
//pkgs.dev.azure.com/korp/_packaging/web/npm/registry/:_password=⟦«b64:«lower52»»⟧
//pkgs.dev.azure.com/korp/_packaging/web/npm/registry/:email=npm requires email to be set but doesn't use the value
//gitlab.corp.local/api/v4/packages/npm/:_authToken="${CI_JOB_TOKEN}"
proxy=http://svc-proxy:⟦«enc:«strong»»⟧@proxy.corp.local:3128/
https-proxy=http://proxy.corp.local:3128/
cafile=/etc/ssl/corp-root.pem
keyfile=/etc/ssl/agent.key
init-author-name=Build Agent
sign-git-tag=true
audit-level=high
cache=/var/cache/npm
; old: //nexus.corp.local/repository/npm/:_authToken=NpmToken.<uuid>
//nexus.corp.local/repository/npm/:_authToken=⟦NpmToken.«uuid»⟧
=== backup/dotfiles/credentials-bundle.txt
--- ~/.netrc
machine git.heroku.com login ops@velo.example password ⟦HRKU-«uuid»⟧
machine api.heroku.com
  login ops@velo.example
  password ⟦HRKU-«uuid»⟧
default login anonymous password user@site
--- ~/.pgpass   (chmod 600!)
# hostname:port:database:username:password
pg1.velo.internal:5432:*:replicator:⟦«alnum18»⟧
localhost:5432:velo_dev:velo:⟦velo\:«digit3»⟧
--- ~/.my.cnf
[client]
user=dump
password="⟦«person»⟧"
host=127.0.0.1
default-character-set=utf8mb4
[mysqldump]
set-gtid-purged=OFF
--- ~/.s3cfg
[default]
access_key = ⟦?«akia»⟧
bucket_location = EU
gpg_passphrase = ⟦«word»«word»⟧
secret_key = ⟦«aws40»⟧
kms_key = 
access_token = 
host_bucket = %(bucket)s.s3.amazonaws.com
--- ~/.boto
[Credentials]
gs_oauth2_refresh_token = ⟦1//0«url60»⟧
gs_service_key_file = /root/keys/gs.json
[OAuth2]
client_id = «digit12».apps.googleusercontent.com
--- ~/.pypirc
[distutils]
index-servers = pypi testpypi
[pypi]
username = __token__
password = ⟦«pypi»⟧
[testpypi]
repository = https://test.pypi.org/legacy/
username = velo
password = %(TESTPYPI_PASSWORD)s
--- /etc/pip.conf
[global]
extra-index-url = https://reader:⟦«alnum16»⟧@pypi.velo.internal/simple
trusted-host = pypi.velo.internal
=== ci/maven/settings.xml
<?xml version="1.0" encoding="UTF-8"?>
<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0">
  <!-- see http://maven.apache.org/guides/mini/guide-encryption.html -->
  <servers>
    <server>
      <id>releases</id>
      <username>deployment</username>
      <password>⟦«pw»⟧</password>
    </server>
    <server>
      <id>snapshots</id>
      <username>deployment</username>
      <password>{«b64_43»=}</password>
    </server>
    <server>
      <id>sftp-site</id>
      <privateKey>${user.home}/.ssh/id_dsa</privateKey>
      <passphrase>⟦«word» «word»⟧</passphrase>
    </server>
    <server>
      <id>ossrh</id>
      <username>${env.OSSRH_USER}</username>
      <password>${env.OSSRH_PASS}</password>
    </server>
    <server>
      <id>github-mirror</id>
      <configuration>
        <httpHeaders>
          <property><name>Private-Token</name><value>⟦«glpat»⟧</value></property>
          <property><name>X-Checksum-Sha1</name><value>«hex40»</value></property>
        </httpHeaders>
      </configuration>
    </server>
  </servers>
  <proxies>
    <proxy>
      <host>proxy.corp.local</host><port>8080</port>
      <username>proxyuser</username><password>somepassword</password>
    </proxy>
  </proxies>
  <profiles>
    <profile>
      <id>sign</id>
      <properties>
        <gpg.keyname>«HEX16»</gpg.keyname>
        <gpg.passphraseServerId>gpg.passphrase</gpg.passphraseServerId>
        <liquibase.password>⟦LB_«lower8»⟧</liquibase.password>
        <sonar.projectKey>org.corp:parent</sonar.projectKey>
      </properties>
    </profile>
  </profiles>
</settings>
=== legacy/Intranet/web.config
<?xml version="1.0"?>
<configuration>
  <configSections>
    <section name="secureAppSettings" type="System.Configuration.NameValueSectionHandler, System, PublicKeyToken=«hex16»" />
  </configSections>
  <connectionStrings>
    <clear />
    <add name="Intranet" connectionString="Data Source=.;Initial Catalog=Intranet;uid=intra;password=⟦«strong»⟧" providerName="System.Data.SqlClient" />
    <add name="AS400" connectionString="Provider=IBMDA400;Data Source=10.0.0.5;User ID=QINTRA;Password=⟦«upper8»⟧;" />
    <add name="Log" connectionString="Server=.;Database=Log;Trusted_Connection=True;" />
  </connectionStrings>
  <appSettings>
    <add key="PasswordMinLength" value="8" />
    <add key="LdapBindPwd" value="⟦«word»&amp;«digit4»⟧" />
    <add key="SecretQuestionLabel" value="Mädchenname der Mutter" />
    <add key="CacheKey.Menu" value="menu_tree_v5" />
    <add key="SmsGatewayToken" value="⟦«alnum28»⟧" />
    <add key="ida:ClientSecret" value="#{IdaClientSecret}#" />
    <add key="ida:Thumbprint" value="«HEX40»" />
  </appSettings>
  <secureAppSettings configProtectionProvider="RsaProtectedConfigurationProvider">
    <EncryptedData Type="http://www.w3.org/2001/04/xmlenc#Element">
      <CipherData><CipherValue>«b64_170»==</CipherValue></CipherData>
    </EncryptedData>
  </secureAppSettings>
  <system.web>
    <machineKey validationKey="⟦«HEX128»⟧" decryptionKey="⟦«HEX48»⟧" validation="SHA1" decryption="AES" />
    <membership defaultProvider="Sql">
      <providers>
        <add name="Sql" passwordFormat="Hashed" enablePasswordReset="true" minRequiredPasswordLength="6" passwordStrengthRegularExpression="" />
      </providers>
    </membership>
    <identity impersonate="true" userName="CORP\svc_iis" password="⟦«person»⟧" />
    <sessionState mode="SQLServer" cookieName="ASP.NET_SessionId_intra" />
  </system.web>
</configuration>
=== wildfly/standalone-lager.xml
<server xmlns="urn:jboss:domain:14.0">
  <system-properties>
    <property name="lager.api.token.header" value="X-Lager-Token"/>
    <property name="lager.mail.password" value="${env.MAIL_PW:⟦lager-«word»⟧}"/>
    <property name="javax.net.ssl.trustStorePassword" value="${VAULT::ssl::trust::1}"/>
  </system-properties>
  <management>
    <security-realms>
      <security-realm name="ManagementRealm">
        <server-identities>
          <secret value="⟦«b64:«person»»⟧"/>
          <ssl><keystore path="app.keystore" keystore-password="⟦«alnum10»⟧" alias="server" key-password="${VAULT::ks::key::1}"/></ssl>
        </server-identities>
      </security-realm>
    </security-realms>
  </management>
  <profile>
    <subsystem xmlns="urn:jboss:domain:datasources:6.0">
      <datasource jndi-name="java:jboss/datasources/LagerDS" pool-name="LagerDS" enabled="true">
        <connection-url>jdbc:sqlserver://sql3;databaseName=Lager</connection-url>
        <security><user-name>lager</user-name><password>⟦«strong»⟧</password></security>
      </datasource>
      <datasource jndi-name="java:jboss/datasources/ExampleDS" pool-name="ExampleDS">
        <connection-url>jdbc:h2:mem:test</connection-url>
        <security><user-name>sa</user-name><password>⟦?sa⟧</password></security>
      </datasource>
      <datasource jndi-name="java:/HistDS" pool-name="HistDS">
        <security><credential-reference store="cs" alias="hist-ds-password"/></security>
      </datasource>
    </subsystem>
    <subsystem xmlns="urn:wildfly:elytron:12.0">
      <credential-stores>
        <credential-store name="cs" location="cs.jceks" relative-to="jboss.server.config.dir">
          <credential-reference clear-text="⟦«alnum15»⟧"/>
        </credential-store>
      </credential-stores>
    </subsystem>
    <subsystem xmlns="urn:jboss:domain:messaging-activemq:11.0">
      <cluster password="${jboss.messaging.cluster.password:CHANGE ME!!}"/>
      <security-setting name="#"><role name="guest" send="true"/></security-setting>
    </subsystem>
    <subsystem xmlns="urn:jboss:domain:keycloak:1.1">
      <secure-deployment name="lager.war">
        <resource>lager-web</resource>
        <credential name="secret">⟦«uuid»⟧</credential>
        <principal-attribute>preferred_username</principal-attribute>
      </secure-deployment>
    </subsystem>
  </profile>
</server>
=== terraform/network/main.tf
terraform {
  backend "http" {
    address  = "https://gitlab.corp.local/api/v4/projects/88/terraform/state/net"
    username = "tf-bot"
    # password comes from TF_HTTP_PASSWORD
  }
}

provider "vsphere" {
  user                 = "administrator@vsphere.local"
  password             = "⟦«strong»⟧"
  vsphere_server       = "vc.corp.local"
  allow_unverified_ssl = true
}

provider "cloudflare" { api_token = var.cloudflare_api_token }

provider "hcloud" {
  token = "⟦«alnum64»⟧"
}

provider "openstack" {
  auth_url                      = "https://keystone.corp.local:5000/v3"
  application_credential_id     = "«hex32»"
  application_credential_secret = "⟦«url86»⟧"
}

variable "cloudflare_api_token" {
  type        = string
  sensitive   = true
  description = "API token with Zone:Edit (not the global key!)"
}

variable "vpn_psk" {
  default = "⟦«word»-«alnum16»⟧"
}

resource "aws_vpn_connection" "buero" {
  tunnel1_preshared_key = var.vpn_psk
  tunnel2_preshared_key = random_password.psk2.result
}

resource "aws_key_pair" "ops" {
  key_name   = "ops-2022"
  public_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ«b64_340» ops@corp"
}

data "vault_generic_secret" "ipam" { path = "secret/infra/ipam" }

module "db" {
  source                = "git::https://gitlab.corp.local/tf/db.git?ref=«hex40»"
  master_password       = data.vault_generic_secret.ipam.data["password"]
  manage_master_user_password = false
  kms_key_alias         = "alias/db-secrets"
}

locals { wifi_guest = { ssid = "Gast", psk = "⟦«word»«digit4»⟧" } }
=== build/Dockerfile.legacy
# syntax=docker/dockerfile:1.4
FROM node:16-bullseye@sha256:«hex64» AS assets
ARG NPM_TOKEN
ENV NODE_OPTIONS=--max-old-space-size=4096
COPY package.json yarn.lock ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc yarn install --frozen-lockfile
RUN echo "//npm.greensock.com/:_authToken=⟦«uuid»⟧" > .npmrc && npm i gsap@npm:@gsap/business && rm .npmrc

FROM ruby:2.7-slim
LABEL org.opencontainers.image.revision="«hex40»"
ENV RAILS_ENV=production \
    SECRET_KEY_BASE=dummy_for_assets_precompile \
    BUNDLE_GEMS__CONTRIBSYS__COM=⟦«hex8»:«hex8»⟧ \
    BUNDLE_RUBYGEMS__PKG__GITHUB__COM="$GH_USER:$GH_TOKEN"
ARG SIDEKIQ_WEB_PASS=⟦«word»kiq⟧
ARG BUILD_KEY=2023-03-14
RUN apt-key adv --keyserver keyserver.ubuntu.com --recv-keys «HEX40»
RUN curl -fsSL https://files.corp.local/oracle/instantclient.zip -u "dl:⟦«alnum12»⟧" -o /tmp/ic.zip \
 && echo "«hex64»  /tmp/ic.zip" | sha256sum -c -
RUN git config --global url."https://⟦«ghs»⟧:x-oauth-basic@github.com/".insteadOf ssh://git@github.com/
RUN useradd -m app && echo 'app:⟦app⟧' | chpasswd && passwd -l root
RUN sed -i 's/#PasswordAuthentication yes/PasswordAuthentication no/' /etc/ssh/sshd_config
COPY --from=assets /public /srv/public
COPY secrets.example.yml /srv/config/
ADD https://corp.example/keys/release.asc /tmp/release.asc
RUN gpg --import /tmp/release.asc && gpg --fingerprint "«HEX4» «HEX4» «HEX4» «HEX4» «HEX4»"
HEALTHCHECK CMD curl -f -H "X-Probe-Token: $PROBE_TOKEN" http://localhost/healthz
CMD ["bundle", "exec", "puma"]
=== Makefile
SHELL := /bin/bash
REGISTRY ?= registry.zug.example.org
TAG := $(shell git rev-parse --short HEAD)
KUBE_TOKEN = $(shell kubectl -n ci get secret deployer-token -o jsonpath='{.data.token}' | base64 -d)
DB_PASS ?= ⟦zug_«lower5»⟧
SONAR_KEY := zug.fahrplan
export PGPASSWORD := $(DB_PASS)

.PHONY: login test secrets seal dump rotate-keys password

login:
	@docker login -u 'robot$$fahrplan' -p '⟦«alnum32»⟧' $(REGISTRY)
	@helm registry login $(REGISTRY) --username ci --password-stdin <<< "$$HELM_PASSWORD"

test:
	API_KEY=test SECRET=⟦?test-secret⟧ pytest -k "token or password" --hypothesis-seed=«digit10»

seal: secrets/plain.yaml
	kubeseal --cert certs/sealed-pub.pem < $< > secrets/sealed.yaml

secrets/plain.yaml:
	sops -d --kms arn:aws:kms:eu-central-1:«digit12»:key/«uuid» secrets/enc.yaml > $@

jwt.key:
	openssl genrsa -passout pass:⟦«word»«digit2»⟧ -aes256 -out $@ 2048

dump:
	mysqldump -h db2 -ufahrplan -p'⟦«strong»⟧' fahrplan | gzip > dump-$(TAG).sql.gz
	psql "host=pg dbname=gtfs user=gtfs password=$(DB_PASS)"

password: ; @openssl rand -base64 24

rotate-keys:
	vault write -f transit/keys/fahrplan/rotate
	vault login -method=userpass username=ops password="$(VAULT_PW)"
	curl -XPOST https://api.transit.example/v1/rotate?apikey=⟦«hex24»⟧\&key_id=«hex12»

verify:
	cosign verify --key k8s://sec/cosign-pub $(REGISTRY)/app@sha256:«hex64»
=== scripts/nightly_backup.sh
#!/usr/bin/env bash
# 15 2 * * * root /opt/scripts/nightly_backup.sh >>/var/log/backup.log 2>&1
set -euo pipefail

export RESTIC_REPOSITORY="b2:velvet-backup:/srv"
export RESTIC_PASSWORD='⟦«sym24»⟧'
export B2_ACCOUNT_ID="00«hex23»"
export B2_ACCOUNT_KEY="⟦K00«alnum28»⟧"
export BORG_PASSCOMMAND="pass show backup/borg"
MYSQL_PWD=$(cat /root/.mysql_pw)
FTP_USER=kunde77; FTP_PASS=⟦«person»⟧
HC_UUID=«uuid»
TOKEN_FILE=/etc/backup/token
PW_LEN=16

die() { echo "ERROR: $1 (password or key missing?)" >&2; exit 1; }
[[ -n "${RESTIC_PASSWORD:-}" ]] || die "RESTIC_PASSWORD"
[ -r "$TOKEN_FILE" ] && TOKEN="$(<"$TOKEN_FILE")"

sshpass -p "⟦«word»_«digit4»_nas⟧" rsync -a /srv/ backup@nas.local:/volume1/srv/
lftp -u "$FTP_USER,$FTP_PASS" ftp.hoster.example -e "mirror -R /var/www; bye"
smbclient //files/backup '⟦«pw»⟧' -U 'CORP\bkp' -c 'put dump.tgz'
tar cz /etc | openssl enc -aes-256-cbc -pbkdf2 -k ⟦geheim-«digit4»⟧ > /backup/etc.tgz.enc
zip -P "$(pwgen -s $PW_LEN 1)" /backup/logs.zip /var/log/*.log
influx write --token "⟦«b64_86»==⟧" --bucket jobs "backup ok=1"
mongodump --uri="mongodb+srv://dumper:${MONGO_PASSWORD}@c0.«lower5».mongodb.net/shop"
redis-cli -a "$REDISCLI_AUTH" --rdb /backup/dump.rdb
curl -fsS -m 10 "https://hc-ping.com/$HC_UUID" >/dev/null
wget -q --user=monitor --password=⟦monitor⟧ -O- http://icinga.local/api/passive
logger -t backup "snapshot $(restic snapshots --json | jq -r '.[-1].short_id') key=«hex8»"
=== deploy/Deploy-Portal.ps1
#requires -Modules Az, SqlServer
[CmdletBinding()]
param(
    [string]$Environment = 'Test',
    [securestring]$AdminPassword,
    [string]$KeyVaultName = 'kv-portal-test',
    [string]$SecretName = 'portal-sql-password'
)
$ErrorActionPreference = 'Stop'
$tenant = '«uuid»'
$appId  = '«uuid»'
$appKey = '⟦«alnum3»8Q~«alnum34»⟧'   # läuft am 31.12. ab
$cred = New-Object PSCredential($appId, (ConvertTo-SecureString $appKey -AsPlainText -Force))
Connect-AzAccount -ServicePrincipal -Tenant $tenant -Credential $cred | Out-Null

$sqlPw = (Get-AzKeyVaultSecret -VaultName $KeyVaultName -Name $SecretName -AsPlainText)
$pfxPw = ConvertTo-SecureString -String "⟦«strong»⟧" -Force -AsPlainText
Import-PfxCertificate -FilePath .\portal.pfx -Password $pfxPw -CertStoreLocation Cert:\LocalMachine\My
$thumb = '«HEX40»'

Invoke-Sqlcmd -ServerInstance SQL02 -Username sa -Password '⟦«person»⟧' -InputFile .\grants.sql
net user svcPortal ⟦«word»#«digit4»Aa⟧ /add /passwordchg:no /expires:never
cmdkey /add:files01 /user:CORP\deploy /pass:$env:DEPLOY_PASS
schtasks /create /tn "Portal Token Cleanup" /ru CORP\svc_task /rp "⟦«alnum14»⟧" /sc daily /tr cleanup.exe
New-SmbMapping -RemotePath '\\files01\drop' -UserName 'drop' -Password ⟦Drop«digit2»drop⟧

$headers = @{
    'Ocp-Apim-Subscription-Key' = '⟦«hex32»⟧'
    'x-functions-key'           = $env:FUNC_KEY
    'X-Correlation-Id'          = '«uuid»'
    'Authorization'             = "Bearer $(Get-AzAccessToken -ResourceUrl $res | % Token)"
}
Write-Verbose "Secret $SecretName gelesen, Länge $($sqlPw.Length)"
if (-not $AdminPassword) { $AdminPassword = Read-Host 'Admin-Passwort' -AsSecureString }
$enc = '01000000d08c9ddf0115d1118c7a00c04fc297eb«hex160»' | ConvertTo-SecureString
Set-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon' DefaultPassword '⟦kiosk⟧'
=== tools/sync_kassen.bat
@echo off
rem Kassenabgleich Filiale 12 bis 19 (Hr. Brandt, letzte Aenderung 03.11.)
setlocal EnableDelayedExpansion
set ORACLE_SID=KASSE
set DBUSER=KASSE_SYNC
set DBPASS=⟦«upper6»_«digit2»⟧
set APIKEY_FILE=C:\keys\api.key
set /p APIKEY=<%APIKEY_FILE%
set PASSWORD_PROMPT=Bitte Kennwort eingeben:
set TOKEN=

net use Z: \\srv-kasse\export /user:KASSE\sync ⟦«person»⟧ /persistent:no
net use Y: \\srv-archiv\hist /savecred
sqlplus -s %DBUSER%/%DBPASS%@%ORACLE_SID% @export.sql
sqlcmd -S srv-bi -U bi_load -P "⟦«strong»⟧" -i load.sql
bcp BI.dbo.Bons in Z:\bons.csv -c -T -S srv-bi
"C:\Program Files\WinSCP\winscp.com" /command "open sftp://filiale:⟦Fil!«digit4»⟧@sftp.zentrale.example/ -hostkey=""ssh-ed25519 255 «b64_43»=“““ "put Z:\*.csv" "exit"
plink -pw %PLINK_PW% root@10.12.0.1 reboot
psexec \\kasse-14 -u kasse -p ⟦kasse14⟧ cmd /c restart.cmd
for /f "tokens=1,2 delims==" %%A in (settings.ini) do if "%%A"=="password" set PW=%%B
if "!PW!"=="" (echo Kein Passwort in settings.ini & exit /b 2)
certutil -hashfile Z:\bons.csv SHA256 | find "«hex64»"
certutil -f -p "" -importpfx kasse.pfx
7z a -p%ZIPPW% Z:\bons.7z Z:\bons.csv
curl -H "X-Kasse-Key: %APIKEY%" -H "X-Request-Key: «hex16»" https://zentrale.example/api/sync
runas /user:KASSE\admin /savecred "services.msc"
blat bericht.txt -to brandt@filiale.example -u sync@filiale.example -pw ⟦«alnum10»⟧ -subject "Kennwort laeuft ab"
net use Z: /delete /y
endlocal
=== db/dump_2022-06.sql
-- MariaDB dump 10.19  Distrib 10.5.15
-- Host: localhost    Database: verein
/*!40101 SET NAMES utf8mb4 */;
CREATE USER IF NOT EXISTS 'verein'@'localhost' IDENTIFIED BY '⟦«strong»⟧';
GRANT ALL ON verein.* TO 'verein'@'localhost';
CREATE USER 'export'@'%' IDENTIFIED BY PASSWORD '⟦?*«HEX40»⟧' PASSWORD EXPIRE NEVER;
GRANT SELECT ON verein.* TO 'phpmyadmin'@'10.%' IDENTIFIED BY '⟦pma«digit3»⟧' REQUIRE SSL;
SET PASSWORD FOR 'root'@'localhost' = PASSWORD('⟦«person»⟧');
SET GLOBAL validate_password_policy = LOW;

CREATE TABLE `mitglied` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `mail` varchar(190) NOT NULL,
  `passwort_hash` char(60) DEFAULT NULL COMMENT 'bcrypt',
  `reset_token` varchar(64) DEFAULT NULL,
  `api_key` char(32) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_mail` (`mail`),
  KEY `idx_reset_token` (`reset_token`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

INSERT INTO `mitglied` VALUES
(1,'vorstand@verein.example','⟦?«bcrypt»⟧',NULL,'⟦«hex32»⟧'),
(2,'kasse@verein.example','⟦?«bcrypt»⟧',NULL,NULL);

INSERT INTO `einstellung` (`schluessel`,`wert`) VALUES
('smtp_host','mail.verein.example'),
('smtp_passwort','⟦«alnum12»⟧'),
('passwort_mindestlaenge','8'),
('recaptcha_site_key','6Lc«alnum37»'),
('cron_url','https://verein.example/cron.php?token=⟦«hex24»⟧'),
('cache_schluessel','seite:start:de'),
('installations_id','«uuid»'),
('text_passwort_vergessen','Passwort vergessen? Kein Problem!');
CREATE SERVER alt FOREIGN DATA WRAPPER mysql OPTIONS (USER 'alt', HOST '10.0.3.3', PASSWORD '⟦alt-«word»⟧', DATABASE 'alt');
ALTER ROLE auswertung PASSWORD NULL;
-- UPDATE users SET password = MD5('?') WHERE login = :login;
INSERT INTO `migrations` VALUES (14,'20220601_add_token_to_users','«hex32»');
=== lb/haproxy.cfg
global
    log /dev/log local0
    stats socket /run/haproxy/admin.sock mode 660 level admin
    ssl-default-bind-ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384
    tune.ssl.default-dh-param 2048
    ssl-dh-param-file /etc/haproxy/dhparams.pem

userlist betrieb
    group ops users wachdienst,marek
    user wachdienst insecure-password ⟦«word»Nacht«digit1»⟧
    user marek password ⟦?$6$«alnum8»$«alnum86»⟧

peers mypeers
    peer lb1 10.9.0.2:1024

frontend https
    bind :443 ssl crt /etc/haproxy/certs/ alpn h2,http/1.1
    http-request set-header X-Forwarded-Proto https
    http-request deny unless { req.hdr(X-Origin-Verify) -m str ⟦«alnum32»⟧ }
    acl has_token req.cook(session_token) -m found
    acl good_key hdr(X-Api-Key) -f /etc/haproxy/api_keys.lst
    http-request auth realm Passwortgeschuetzt unless { http_auth(betrieb) }
    http-request set-var(txn.bearer) http_auth_bearer
    http-request deny unless { var(txn.bearer),jwt_verify(txn.alg,"/etc/haproxy/jwt-pub.pem") -m int 1 }
    unique-id-format %{+X}o\ %ci:%cp_%fi:%fp_%Ts_%rt:%pid

listen stats
    bind :8404
    stats enable
    stats uri /stats;csv
    stats auth admin:⟦«pw»⟧
    stats auth readonly:"${STATS_RO_PASSWORD}"

backend app
    cookie SRVID insert indirect nocache dynamic
    dynamic-cookie-key ⟦?«lower16»⟧
    http-request set-header Authorization "Basic ⟦«b64:proxy:«person»»⟧" if { path_beg /alt }
    option httpchk GET /healthz?probe_key=none
    server app1 10.9.1.11:8080 check cookie a1
    # nginx on the old box:  proxy_set_header X-Shared-Secret $shared_secret;
=== asterisk/pjsip_praxis.conf
; Telefonanlage Praxis Dr. Wendt
[transport-tls]
type=transport
protocol=tls
priv_key_file=/etc/asterisk/keys/asterisk.key
cert_file=/etc/asterisk/keys/asterisk.crt

[empfang]
type=endpoint
auth=empfang-auth
aors=empfang
callerid="Empfang" <20>

[empfang-auth]
type=auth
auth_type=userpass
username=20
password=⟦20empfang20⟧

[tuersprech-auth]
type=auth
auth_type=md5
username=90
md5_cred=⟦?«hex32»⟧
realm=asterisk

[trunk-auth]
type=auth
auth_type=userpass
username=«digit11»
password=⟦«alnum12»⟧

; --- old chan_sip, still read by the fax box
;register => «digit10»:⟦«lower10»⟧@sipgate.example/«digit10»
;secret=<passwort vom Provider>

; --- manager.conf
[admin_cti]
secret = ⟦CTI-«word»⟧
deny=0.0.0.0/0.0.0.0
permit=127.0.0.1/255.255.255.0

; --- voicemail.conf
[default]
20 => ⟦«digit4»⟧,Empfang,praxis@wendt.example,,attach=yes
21 => -,Labor (ohne PIN)
[ari]
password_format = crypt
password = ⟦?$6$«alnum16»$«alnum86»⟧
=== network/sw-dist-03.cfg
! Last configuration change at 11:02:17 CET Tue Nov 7 2023 by netops
version 15.2
service password-encryption
security passwords min-length 10
hostname sw-dist-03
!
enable secret 9 ⟦?$9$«alnum14»$«alnum43»⟧
enable password ⟦«word»en⟧
username netops privilege 15 secret 5 ⟦?$1$«alnum4»$«alnum22»⟧
username console password 0 ⟦Cons-«digit4»⟧
username old password 7 ⟦?«HEX18»⟧
!
aaa new-model
aaa authentication login default group tacacs+ local
tacacs server ISE
 address ipv4 10.1.1.5
 key ⟦«alnum16»⟧
radius-server key 7 ⟦?«HEX22»⟧
!
crypto pki certificate chain TP-self-signed-«digit9»
 certificate self-signed 01
  «HEX8» «HEX8» «HEX8» «HEX8» «HEX8» «HEX8» «HEX8» «HEX8»
  «HEX8» «HEX8» «HEX8» «HEX8» «HEX8» «HEX8» «HEX8» «HEX8»
  	quit
crypto isakmp key ⟦«word»Tunnel«digit2»⟧ address 198.51.100.7
key chain OSPF-KEYS
 key 1
  key-string ⟦0spf«lower5»⟧
  accept-lifetime 00:00:00 Jan 1 2023 infinite
ip ssh pubkey-chain
  username netops
   key-hash ssh-rsa «HEX32»
interface Vlan10
 ip ospf message-digest-key 1 md5 7 ⟦?«HEX16»⟧
 standby 10 authentication md5 key-chain HSRP
snmp-server community ⟦«word»«digit3»⟧ RO 99
snmp-server community ⟦?public⟧ RO
snmp-server user mon NETMON v3 auth sha ⟦«alnum12»⟧ priv aes 128 ⟦«alnum12»⟧
ntp authentication-key 1 md5 ⟦ntp-«word»⟧
banner login ^C Unauthorized access prohibited. Password: see KeePass ^C
=== network/hap-werkstatt.rsc
# mar/14/2023 08:12:44 by RouterOS 6.49.7
# software id = «upper4»-«upper4»
# serial number = «HEX12»
/interface wireless security-profiles
set [ find default=yes ] supplicant-identity=MikroTik
add authentication-types=wpa2-psk mode=dynamic-keys name=werkstatt wpa2-pre-shared-key=⟦«word»Werk«digit4»⟧
add authentication-types=wpa2-eap eap-methods=peap mode=dynamic-keys name=eap mschapv2-username=werk mschapv2-password="⟦«person»⟧"
add name=offen mode=none group-key-update=5m
/ip ipsec identity
add peer=zentrale secret="⟦«strong»⟧"
add auth-method=digital-signature certificate=werk.crt peer=cloud
/interface pppoe-client
add interface=ether1 name=pppoe-out1 password=⟦«digit8»⟧ user=«digit12»#0001@t-online.example
/interface l2tp-server server
set use-ipsec=required ipsec-secret=⟦l2tp«lower6»⟧
/ppp secret
add name=chef password=⟦Chef«digit4»⟧ profile=default-encryption service=l2tp
add name=gast disabled=yes
/interface wireguard peers
add allowed-address=10.66.0.2/32 interface=wg0 public-key="«b64_43»="
/snmp community
set [ find default=yes ] addresses=10.0.0.0/8 authentication-password="" read-access=no
/user aaa
set use-radius=yes
/radius
add address=10.0.0.4 secret=⟦«alnum16»⟧ service=login
/system script
add name=ddns source="/tool fetch url=\"https://dyndns.example/update\?host=werk&token=⟦«hex32»⟧\" keep-result=no"
/tool e-mail
set address=smtp.example.org from=hap@werk.example password=$mailpw user=hap
/ip ssh
set strong-crypto=yes host-key-size=4096 always-allow-password-login=no
/file print where name="user-manager.key"
=== vpn/roadwarrior_bundle.conf
## /etc/wireguard/wg0.conf
[Interface]
Address = 10.88.0.1/24
PrivateKey = ⟦«b64_43»=⟧
ListenPort = 51820
[Peer]
# Nina, Laptop
PublicKey = «b64_43»=
PresharedKey = ⟦«b64_43»=⟧
AllowedIPs = 10.88.0.7/32

## /etc/wpa_supplicant/wpa_supplicant.conf
ctrl_interface=DIR=/var/run/wpa_supplicant GROUP=netdev
network={
    ssid="Buero-5G"
    #psk="⟦«word» und «word»⟧"
    psk=⟦«hex64»⟧
}
network={
    ssid="eduroam"
    key_mgmt=WPA-EAP
    identity="clara@uni.example"
    password=hash:⟦?«hex32»⟧
    ca_cert="/etc/ssl/certs/T-TeleSec.pem"
    private_key_passwd=""
}

## /etc/ipsec.secrets
: RSA gateway.key "⟦«strong»⟧"
@buero.example %any : PSK "⟦«alnum32»⟧"
clara : EAP "⟦«person»⟧"
thomas : EAP 0s⟦«b64_15»=⟧
include /var/lib/strongswan/ipsec.secrets.inc

## client.ovpn
auth-user-pass /etc/openvpn/up.txt
tls-auth ta.key 1
askpass
verify-hash «HEX2»:«HEX2»:«HEX2»:«HEX2»:«HEX2»:«HEX2»
<cert>
«cert»
</cert>
<key>
⟦«pkcs8»⟧
</key>

## freeradius/clients.conf
client ap-og {
    ipaddr = 10.3.0.0/24
    secret = ⟦?testing123⟧
    require_message_authenticator = no
}
## users
bob Cleartext-Password := "⟦hello-«word»⟧"
kiosk NT-Password := "⟦?«HEX32»⟧"
DEFAULT Auth-Type := Reject, Reply-Message = "Falsches Passwort"
=== provisioning/user-data.yaml
#cloud-config
hostname: mess-04
ssh_pwauth: true
chpasswd:
  expire: false
  list: |
    root:⟦«pw»⟧
    mess:RANDOM
    labor:⟦?$6$«alnum16»$«alnum86»⟧
users:
  - name: pi
    lock_passwd: false
    plain_text_passwd: ⟦raspberry⟧
    ssh_authorized_keys:
      - ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY«b64_100»= labor
  - name: svc
    hashed_passwd: '!'
ssh_keys:
  ed25519_private: |
    ⟦«indent4:«ssh»»⟧
  ed25519_public: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64_43» root@mess-04
write_files:
  - path: /etc/netplan/60-wifi.yaml
    content: |
      network:
        wifis:
          wlan0:
            access-points:
              "Labor-IoT": {password: "⟦«word»-«word»-«word»⟧"}
  - path: /etc/apt/auth.conf.d/90ubuntu-advantage
    content: "machine esm.ubuntu.com/apps/ubuntu/ login bearer password ⟦«alnum40»⟧  # ubuntu-advantage"
  - path: /etc/telegraf/telegraf.d/out.conf
    content: |
      [[outputs.influxdb_v2]]
        token = "$INFLUX_TOKEN"
        bucket_tag = "token_bucket"
apt:
  sources:
    docker.list: {source: "deb https://download.docker.com/linux/ubuntu jammy stable", keyid: «HEX40»}
runcmd:
  - tailscale up --authkey ⟦tskey-auth-«alnum12»-«alnum32»⟧
  - kubeadm join 10.5.0.2:6443 --token ⟦«lower6».«lower16»⟧ --discovery-token-ca-cert-hash sha256:«hex64»
  - curl -sfL https://get.k3s.io | K3S_TOKEN_FILE=/etc/k3s.token sh -
  - ua attach $(cat /run/ua-token)
# preseed of the old image: d-i passwd/root-password-again password ⟦«word»«word»⟧
# kickstart of the even older: rootpw --lock
=== puppet/hieradata/common.yaml
---
lookup_options:
  '^profile::.*password$': {convert_to: Sensitive}
  profile::users: {merge: hash}

profile::icinga::db_password: '⟦«strong»⟧'
profile::icinga::ticket_salt: ⟦«hex50»⟧
profile::icinga::api_users:
  director: { password: '⟦«alnum18»⟧', permissions: ['*'] }
  dashing: { password: ENC[PKCS7,MII«b64_180»], permissions: [status/query] }
profile::ldap::bind_dn: cn=reader,dc=uni,dc=example
profile::ldap::bind_pw: "%{lookup('vault::ldap_reader')}"
profile::rabbit::erlang_cookie: ⟦«upper20»⟧
profile::rabbit::default_user_tag: administrator
profile::postgres::users:
  moodle: { password_hash: "⟦?md5«hex32»⟧" }
  ilias: { password_hash: "%{alias('secrets::ilias')}" }
profile::tomcat::keystore_pass: &ks ⟦?changeit⟧
profile::tomcat::truststore_pass: *ks
profile::bind::tsig:
  dhcp-key: { algorithm: hmac-sha256, secret: "⟦«b64_43»=⟧" }
profile::corosync::authkey_source: puppet:///secure/corosync.authkey
profile::apt::keys:
  zabbix: { id: «HEX40», server: keyserver.ubuntu.com }
profile::users:
  kranz:
    password: '⟦?$6$«alnum8»$«alnum86»⟧'
    purge_ssh_keys: true
    password_max_age: 365
profile::keepalived::vrrp_auth_pass: ⟦vr«digit6»⟧
profile::snmp::ro_community: '⟦«word»-ro⟧'
profile::sudo::passwd_tries: 3
profile::shib::key_name: sp-signing-2021
puppet_enterprise::license_key_path: /etc/puppetlabs/license.key
eyaml_public_key_digest: «hex64»
# salt pillar (kept for reference): mysql.pass: {{ salt['vault'].read_secret('mysql', 'pass') }}
# chef: default['elk']['password'] = data_bag_item('pw', 'elk')['value']
=== nixos/hosts/keller.nix
{ config, pkgs, lib, ... }:
let
  srcHash = "sha256-«b64_43»=";
  ddnsToken = "⟦«uuid»⟧"; # duckdns
in {
  networking.hostName = "keller";
  networking.wireless.networks."Fuchsbau".psk = "⟦«word»bau«digit3»⟧";
  networking.wireless.environmentFile = config.sops.secrets."wifi.env".path;

  users.users.root.hashedPassword = "⟦?$y$j9T$«alnum22»$«alnum43»⟧";
  users.users.gast.initialPassword = "⟦gast⟧";
  users.users.nina.passwordFile = config.age.secrets.nina-password.path;
  users.users.nina.openssh.authorizedKeys.keys = [
    "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t«b64_64» nina@yubi"
  ];

  services.nextcloud.config.adminpassFile = "/run/keys/nc-admin";
  services.vaultwarden.config.ADMIN_TOKEN = "⟦«alnum48»⟧";
  services.paperless.extraConfig.PAPERLESS_SECRET_KEY = "⟦«alnum40»⟧";
  services.mosquitto.listeners = [{ users.zigbee.password = "⟦«person»⟧"; }];
  services.mosquitto.listeners' = [{ users.tasmota.hashedPassword = "⟦?$7$101$«b64_16»$«b64_86»==⟧"; }];
  services.samba.extraConfig = ''
    encrypt passwords = yes
    passwd program = /run/current-system/sw/bin/passwd %u
    passdb backend = tdbsam
  '';
  services.postgresql.initialScript = pkgs.writeText "init.sql" ''
    CREATE ROLE hass WITH LOGIN PASSWORD '⟦hass«lower6»⟧';
  '';
  systemd.services.ddns.script = ''
    ${pkgs.curl}/bin/curl "https://www.duckdns.org/update?domains=keller&token=${ddnsToken}"
  '';
  systemd.services.bot.serviceConfig = {
    Environment = [ "BOT_NAME=kellerbot" "MATRIX_TOKEN=⟦syt_«alnum12»_«alnum20»_«alnum6»⟧" ];
    LoadCredential = "smtp:/etc/credstore/smtp";
    SetCredentialEncrypted = "api: «b64_80»=";
  };
  sops.age.keyFile = "/var/lib/sops/age.txt";
  nix.settings.trusted-public-keys = [ "keller-cache-1:«b64_43»=" ];
  fetched = pkgs.fetchFromGitHub { owner = "x"; repo = "y"; rev = "«hex40»"; hash = srcHash; };
}
=== keycloak/realm-stadtwerke.json
{
  "id": "«uuid»",
  "realm": "stadtwerke",
  "accessTokenLifespan": 300,
  "passwordPolicy": "length(10) and digits(1) and notUsername(undefined) and passwordHistory(3)",
  "resetPasswordAllowed": true,
  "smtpServer": { "host": "mail.swk.example", "user": "noreply", "password": "**********" },
  "requiredCredentials": [ "password" ],
  "users": [
    {
      "username": "zaehlerportal-admin",
      "credentials": [ { "type": "password", "value": "⟦«person»⟧", "temporary": false } ]
    },
    {
      "username": "migration",
      "credentials": [ {
        "type": "password",
        "secretData": "{\"value\":\"⟦?«b64_86»==⟧\",\"salt\":\"«b64_22»==\"}",
        "credentialData": "{\"hashIterations\":27500,\"algorithm\":\"pbkdf2-sha256\"}"
      } ]
    }
  ],
  "clients": [
    { "clientId": "portal-spa", "publicClient": true, "clientAuthenticatorType": "client-secret" },
    { "clientId": "abrechnung", "secret": "⟦«alnum32»⟧", "serviceAccountsEnabled": true, "attributes": { "client.secret.creation.time": "«digit10»", "saml.signing.certificate": "MII«b64_200»" } },
    { "clientId": "netzleit", "secret": "${vault.netzleit-secret}" }
  ],
  "identityProviders": [
    { "alias": "bundid", "config": { "clientSecret": "⟦«url43»⟧", "tokenUrl": "https://id.bund.example/token", "signingCertificate": "MII«b64_160»" } }
  ],
  "components": {
    "org.keycloak.storage.UserStorageProvider": [
      { "name": "ad", "config": { "bindDn": [ "CN=svc-kc,DC=swk" ], "bindCredential": [ "⟦«strong»⟧" ], "usePasswordModifyExtendedOp": [ "false" ] } }
    ],
    "org.keycloak.keys.KeyProvider": [
      { "name": "rsa", "config": { "kid": [ "«uuid»" ], "privateKey": [ "⟦MII«b64_440»=⟧" ], "priority": [ "100" ] } },
      { "name": "hmac-generated", "config": { "secret": [ "⟦«url86»⟧" ], "algorithm": [ "HS256" ] } }
    ]
  },
  "localizationTexts": { "de": { "loginTotpOneTime": "Einmalcode", "invalidPasswordMessage": "Ungültiges Passwort" } }
}
=== docs/runbooks/kundendaten-notfall.md
# Runbook: Kundendaten nicht erreichbar

> **Passwörter** stehen in KeePass, Gruppe *Notfall* – außer denen hier unten, weil KeePass auch auf dem Server liegt 🙃

| System | User | Passwort | Bemerkung |
|---|---|---|---|
| iLO db1 | Administrator | `⟦«upper8»⟧` | steht auf dem Zuglabel |
| Storage | manage | ⟦?!manage⟧ | Werkseinstellung, bitte ändern |
| Firewall | admin | siehe Tresor | |
| Monitoring | ops | **⟦«person»⟧** | |

1. VPN einschalten (PIN fürs Token: ⟦«digit6»⟧, Seriennummer des Tokens «digit9»).
2. `psql "postgresql://notfall:⟦«strong»⟧@db2.kd.internal/kunden"` – zeigt `\dt` etwas?
3. Sonst:

   ```bash
   export VAULT_ADDR=https://vault.kd.internal
   vault operator unseal ⟦«b64_43»=⟧      # Schlüssel 1 von 3, andere haben Julia und Peter
   vault login -method=oidc
   vault kv get -field=password secret/kd/db
   aws configure set aws_access_key_id ⟦?«akia»⟧
   aws configure set aws_secret_access_key ⟦«aws40»⟧
   az login --service-principal -u «uuid» -p $AZ_SECRET --tenant «uuid»
   gcloud auth activate-service-account --key-file=key.json
   kubectl create secret generic db --from-literal=password=<neues Passwort>
   helm upgrade kd ./chart --set auth.password="$(pwgen 20 1)" --set image.tag=«hex8»
   curl -u elastic:⟦«alnum20»⟧ https://es.kd.internal:9200/_cluster/health
   curl -H "Authorization: Bearer $TOKEN" https://api.kd.example/v1/status
   ```

4. Meldung `FATAL: password authentication failed for user "kd"` heißt: Secret `kd-db-v3` ist veraltet.
5. Neues Passwort: mindestens 16 Zeichen, Schlüssel-ID notieren (zuletzt `«hex8»`).
6. Statuspage: Komponente `«lower12»`, API-Key ⟦«uuid»⟧, Seite `«lower12»`.

Fingerprint des Bastion-Hosts: `SHA256:«b64_43»`.
PagerDuty: Token im Vault unter `secret/oncall#pd_token`. Recovery-Codes GitHub-Org:
⟦«hex5»-«hex5»⟧, ⟦«hex5»-«hex5»⟧ (die ersten vier sind verbraucht).
=== docs/howto/registry-und-mirror.adoc
= Registry und Mirror einrichten
:toc:
:token-page: https://gitlab.example.org/-/profile/personal_access_tokens
:api-version: v4

== Anmelden

Ein Token erzeugen ({token-page}), dann:

[source,console]
----
$ docker login -u <user> -p <token> registry.example.org
$ echo 'mirror:⟦«alnum20»⟧' | skopeo login --username mirror --password-stdin registry.example.org
$ export CI_JOB_TOKEN=...
$ cosign generate-key-pair   # Enter password for private key:
$ ORG_GRADLE_PROJECT_nexusPassword='hier dein Passwort' ./gradlew publish
----

NOTE: Das Passwort `Passw0rd!` aus dem Buch ist nur ein Beispiel und wird abgelehnt.

== Mirror

[source,ini]
----
[mirror]
upstream = https://pull:⟦«glpat»⟧@gitlab.example.org/infra/images.git
digest = sha256:«hex64»
key_id = «HEX16»
password_command = pass show mirror
ttl_token = 3600
----

.Antwort von `/oauth/token`
[source,json]
----
{"access_token":"<redacted>","token_type":"bearer","scope":"pull","jti":"«uuid»","next_page_token":"«b64:page=2&size=50»"}
----

== Fehler

`unauthorized: HTTP Basic: Access denied. The provided password or token is incorrect`::
  Token abgelaufen; Secret `regcred` neu anlegen:
+
 kubectl create secret docker-registry regcred --docker-username=k8s --docker-password=⟦gldt-«url20»⟧ --docker-server=registry.example.org

`x509: certificate signed by unknown authority`:: CA-Fingerprint prüfen: `«HEX2»:«HEX2»:«HEX2»:«HEX2»:«HEX2»:«HEX2»:«HEX2»:«HEX2»`.

Harbor wird mit `admin` / ⟦?Harbor12345⟧ ausgeliefert; bei uns gilt seit der Umstellung `admin` / `⟦«strong»⟧`.
=== accounts/dienste_2023.csv
"Dienst";"URL";"Benutzer";"Kennwort";"Schlüssel-ID";"Notiz"
"Drucker EG";"http://10.1.4.20";"admin";"⟦«digit6»⟧";"";"PIN vom Aufkleber"
"DATEV";"";"«digit7»";"";"";"SmartCard, PIN bei Fr. Lind"
"Domain-Robot";"https://robot.example";"K«digit6»";"⟦«pw»⟧";"";""
"Fritzbox";"http://fritz.box";"";"⟦«word»«digit4»⟧";"«hex8»";"WLAN-Schlüssel: ⟦«digit20»⟧"
"Cloud-Backup";"https://s3.example";"«alnum20»";"⟦«alnum40»⟧";"kms-«hex8»";"Bucket tokens-archiv"
"Webshop-Admin";"https://shop.example/backend";"demo";"demo";"";"Demo des Herstellers, nicht unsere"
"Webshop-Admin";"https://shop.example/backend";"lind";"⟦«person»⟧";"";""
"Zeiterfassung";"https://zeit.example";"terminal";"⟦term1nal⟧";"";"Gerät «HEX12»"
"Steuerportal";"https://elster.example";"zertifikat.pfx";"siehe Tresor";"«HEX40»";"Fingerabdruck"
"Alarmanlage";"";"Chef";"⟦«digit5»⟧";"";"Code für scharf/unscharf"
"PayPal-Business";"https://paypal.example";"buero@lind.example";"***";"";"2FA aktiv"
"Newsletter-API";"https://api.news.example";"";"⟦xkeysib-«hex64»-«alnum16»⟧";"";"unbegrenzt"
"Karten-API";"https://maps.example";"";"n/a";"«uuid»";"kein Passwort nötig"
"Intranet";"https://intra";"(AD)";"(wie Windows)";"";"Single Sign-on"
"Postfach Bewerbung";"";"jobs@lind.example";"⟦Bewerbung!«digit2»⟧";"";"App-Passwort: ⟦«lower16»⟧"
"Lizenz CAD";"";"";"";"«upper5»-«upper5»";"Dongle-Nr."
"Passwort-Richtlinie";"";"";"12 Zeichen";"";"alle 180 Tage"
"Git-Server";"https://git.lind.example";"bot";"vault:kv/git#bot";"";""
"Webcam Halle";"rtsp://10.1.4.31";"view";"⟦?888888⟧";"";"Werkseinstellung?"
"Testkonto Bank";"https://sandbox.bank.example";"«digit10»";"⟦«digit5»⟧";"";"TAN immer ⟦?123456⟧"
=== e2e/robot/anmeldung.robot
*** Settings ***
Documentation     Anmeldung am Kundenportal (läuft jede Nacht gegen INT)
Library           SeleniumLibrary
Library           RequestsLibrary
Resource          ../secrets.resource
Suite Setup       Open Browser    ${BASE}    headlesschrome

*** Variables ***
${BASE}               https://int.portal.example.org
${USER}               rf-kunde-07
${PASSWORD}           ⟦«person»⟧
${WRONG_PASSWORD}     falsch123
${PASSWORD_FIELD}     id=password
${TOKEN_LOCATOR}      css=input[name="csrf_token"]
${API_KEY}            %{PORTAL_API_KEY}
${CLIENT_ID}          «uuid»
&{TECH}               user=batch    secret=⟦«alnum24»⟧    realm=portal
@{SCHWACH}            123456    passwort    qwertz    hallo123
${ERR_LOCKED}         Ihr Passwort wurde zu oft falsch eingegeben

*** Test Cases ***
Gültige Anmeldung
    Input Text        id=user    ${USER}
    Input Password    ${PASSWORD_FIELD}    ${PASSWORD}
    Click Button      Anmelden
    Wait Until Page Contains    Passwort ändern

Anmeldung mit TOTP
    ${otp}=    Get Totp    ⟦«upper32»⟧
    Input Text    id=otp    ${otp}

Falsches Passwort
    Input Password    ${PASSWORD_FIELD}    ${WRONG_PASSWORD}
    Page Should Contain    ${ERR_LOCKED}

Schwache Passwörter werden abgelehnt
    FOR    ${pw}    IN    @{SCHWACH}
        Input Password    name=new_password    ${pw}
        Page Should Contain    Passwort zu schwach
    END

Token holen
    ${auth}=    Create List    admin    ⟦«strong»⟧
    Create Session    portal    ${BASE}    auth=${auth}
    &{h}=    Create Dictionary    X-Api-Key=${API_KEY}    X-Tenant-Key=nord-01    X-Internal=⟦«hex40»⟧
    ${r}=    POST On Session    portal    /token    headers=${h}    expected_status=200
    Should Match Regexp    ${r.json()}[token]    ^[A-Za-z0-9_-]{43}$
    Should Be Equal    ${r.headers}[ETag]    "«hex32»"
=== frontend/package.json
{
  "name": "@hafen/portal-frontend",
  "version": "4.12.0-rc.«digit1»",
  "private": true,
  "keywords": ["password", "token", "oauth", "secret-santa"],
  "repository": { "type": "git", "url": "git+https://${GH_TOKEN}@github.com/hafen/portal.git" },
  "scripts": {
    "start": "cross-env REACT_APP_TOKEN_KEY=hafen.auth.token react-scripts start",
    "e2e": "cypress run --record --key ⟦«uuid»⟧",
    "e2e:local": "cypress run --env username=e2e,password=$E2E_PASSWORD",
    "storybook:publish": "chromatic --project-token=⟦chpt_«hex15»⟧ --exit-zero-on-changes",
    "release": "GITHUB_TOKEN=$(gh auth token) semantic-release",
    "certs": "openssl req -x509 -nodes -newkey rsa:2048 -keyout key.pem -out cert.pem -subj /CN=localhost",
    "i18n": "lokalise2 --token ${LOKALISE_TOKEN:?} --project-id «hex22».«digit8» file download"
  },
  "dependencies": {
    "jsonwebtoken": "^9.0.2",
    "keytar": "7.9.0",
    "passport-local": "1.0.0",
    "react-password-strength-bar": "github:lannonbr/bar#«hex40»",
    "zxcvbn": "4.4.2"
  },
  "resolutions": { "token-types": "npm:token-types@5.0.1" },
  "packageManager": "yarn@3.6.1+sha256.«hex64»",
  "integrity": {
    "keytar": "«sha512»",
    "zxcvbn": "«sha512»"
  },
  "jest": {
    "globals": { "STRIPE_PK": "«stripepk»", "CSRF_COOKIE": "XSRF-TOKEN" },
    "cacheDirectory": "/tmp/jest_«hex8»"
  },
  "config": {
    "commitizen": { "path": "cz-conventional-changelog" },
    "posthog": { "apiKey": "⟦?phc_«alnum43»⟧", "host": "https://eu.posthog.example" },
    "launchdarkly": { "clientSideId": "«hex24»", "sdkKeyEnv": "LD_SDK_KEY" },
    "passwordRules": "minlength: 12; required: lower; required: digit; allowed: [-_!];",
    "secretNames": ["portal/prod/session", "portal/prod/oidc-client"]
  },
  "i18n": {
    "login.password": "Passwort",
    "login.password.hint": "Mindestens12Zeichen!",
    "login.token.invalid": "Ungültiger-Token-1",
    "reset.secretQuestion": "Geheimfrage",
    "apikey.copy": "API-Schlüssel kopieren"
  }
}
"""
_THREE_QUOTES: Final = '"' * 3
FILES: Final = _PROGRAMS.lstrip("\n") + _SETTINGS.lstrip("\n").replace("“““", _THREE_QUOTES)
