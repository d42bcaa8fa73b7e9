# ruff: noqa: E501 - a line of a template is a line of a file
"""Files in the manner of real repositories, fifth batch: held out.

The language is that of :mod:`tests.bench.quality_values`; ``=== path`` begins a file.
"""

from __future__ import annotations

from typing import Final

FILES: Final = r"""
=== api/.env.production
SECRET_KEY=⟦«alnum50»⟧
DATABASE_URL=postgres://api:⟦«pw»⟧@«host»/api
SMTP_PASSWORD=⟦«strong»⟧
PUBLIC_HOST=example.org
TOKEN_TTL=900
=== compose.yaml
services:
  pg:
    environment:
      POSTGRES_PASSWORD: ⟦«person»⟧
      PGDATA: /data
  app:
    environment:
      JWT_SECRET: ⟦«hex64»⟧
      API_KEY: ${API_KEY}
=== infra/rds.tf
resource "aws_db_instance" "a" {
  password = "⟦«person»⟧"
  username = "a"
  db_subnet_group_name = "keys"
}
output "secret_arn" { value = aws_secretsmanager_secret.a.arn }
=== k8s/app.yaml
kind: Deployment
spec:
  containers:
    - env:
        - name: STRIPE_KEY
          value: ⟦«stripe»⟧
        - name: DB_PASSWORD
          valueFrom: {secretKeyRef: {name: db, key: password}}
        - name: PASSWORD_MIN
          value: "8"
=== k8s/secret.yml
kind: Secret
apiVersion: v1
metadata:
  name: a
data:
  token: ⟦«b64:«alnum32»»⟧
  url: «b64:https://example.org»
=== src/config.py
API_KEY = "⟦«hex40»⟧"
PASSWORD_FIELD = "password"
TIMEOUT = 30
db = connect(user="app", password="⟦«pw»⟧", host="«host»")
token = os.environ.get("TOKEN")
TOKEN_RE = re.compile(r"token=(\w+)")
=== src/app.js
const stripe = require("stripe")("⟦«stripe»⟧");
app.use(session({ secret: "⟦«alnum32»⟧" }));
const { password } = req.body;
const opts = { tokenType: "Bearer", passwordHint: "8 characters" };
fetch(url, { headers: { "X-Api-Key": "⟦«alnum40»⟧" } });
=== src/App.java
private static final String API_TOKEN = "⟦«alnum40»⟧";
private static final String TOKEN_KEY = "token";
ds.setPassword("⟦«strong»⟧");
if (password.equals("")) throw new IllegalArgumentException("password missing");
=== src/main.go
const apiSecret = "⟦«hex64»⟧"
db, _ := sql.Open("mysql", "app:⟦«alnum16»⟧@tcp(«host»:3306)/app")
token := os.Getenv("TOKEN")
var passwordRegex = regexp.MustCompile(`^[a-z]{8,}$`)
=== src/Program.cs
var cs = "Server=«host»;Database=a;User Id=a;Password=⟦«strong»⟧";
client.DefaultRequestHeaders.Add("X-Api-Key", "⟦«hex32»⟧");
var password = Console.ReadLine();
=== src/db.php
$db = new mysqli('«host»', 'app', '⟦«pw»⟧', 'app');
define('API_SECRET', '⟦«alnum32»⟧');
$password = $_POST['password'];
=== src/app.rb
config.api_key = '⟦«alnum40»⟧'
password = ENV.fetch('PASSWORD')
validates :token, presence: true
=== scripts/run.sh
export API_TOKEN="⟦«alnum40»⟧"
curl -u ops:⟦«person»⟧ https://ci.example.org
mysqldump -uroot -p⟦«alnum14»⟧ app > a.sql
PASSWORD=$(pass show app)
read -rs TOKEN
=== db/schema.sql
CREATE USER app IDENTIFIED BY '⟦«pw»⟧';
CREATE TABLE t (password TEXT, token TEXT);
SELECT token FROM t WHERE password = ?;
=== config/app.yml
mail:
  user: robot
  password: ⟦«pw»⟧
auth:
  token_url: https://id.example.org/token
  client_secret: ⟦«alnum40»⟧
  password_policy: strong
=== config/app.ini
[db]
password=⟦«strong»⟧
[auth]
secret_key=⟦«hex64»⟧
token_lifetime=3600
=== config/web.xml
<config>
  <datasource username="a" password="⟦«pw»⟧"/>
  <field name="password" label="Password"/>
  <apiKey>⟦«alnum32»⟧</apiKey>
</config>
=== config/settings.json
{"apiKey": "⟦«alnum40»⟧", "passwordLabel": "Password", "db": {"password": "⟦«strong»⟧"}, "keys": ["a", "b"]}
=== i18n/en.yml
en:
  password: Password
  new_password: New password
  api_key: API key
  token_sent: We sent you a token
=== tests/test_a.py
def test_a(client):
    client.login("ada", "wrong")
    assert client.token == "abc"
    assert hash("a") == "«hex64»"
=== README.md
Set `API_TOKEN` to your token.

    curl -H "Authorization: Bearer <token>" https://api.example.org
    export DB_PASSWORD=...
=== docs/deploy.md
Log in with user `ops` and password: ⟦«person»⟧

    curl -H "Authorization: Bearer ⟦«alnum40»⟧" https://api.example.org
=== package-lock.json
{"packages": {"node_modules/jwt": {"version": "1.0.0", "integrity": "«sha512»"}}}
=== .github/workflows/deploy.yml
jobs:
  a:
    steps:
      - run: ./deploy
        env:
          TOKEN: ${{ secrets.TOKEN }}
          SLACK_WEBHOOK: ⟦«slackhook»⟧
=== home/.netrc
machine a.example.org login a password ⟦«strong»⟧
=== home/.npmrc
//registry.npmjs.org/:_authToken=⟦«npm»⟧
fund=false
=== keys/a.pem
⟦«pkcs8»⟧
"""
