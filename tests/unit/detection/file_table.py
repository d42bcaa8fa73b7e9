# ruff: noqa: E501 - one row a line is what makes the table readable
"""Texts of files with the one secret in each, or None. Built in pieces where they look real."""

from __future__ import annotations

H = "0a1b2c3d4e5f6071" + "8293a4b5c6d7e8f9"
G = "gh" + "p_" + "x9K2mQ7vL4sT1wY8zR3bN6cF5hJ0dG2aE7uP"
S = "wJalrXUtnFEMI7K7MDEN" + "GbPxRfiCYzzEXrMPLtKE"
ROWS: list[tuple[str, str, str | None]] = [
    (".env", "DB_PASSWORD=summer24\n", "summer24"),
    (".env", 'export DB_PASSWORD="sum mer24"\n', "sum mer24"),
    (".env", "DB_PASSWORD=p#ss9word # comment\n", "p#ss9word"),
    (".env", "DB_PASSWORD=a/b+c9==\n", "a/b+c9=="),
    ("app.yml", "database:\n  password: hunter22\n", "hunter22"),
    ("app.yml", 'password: "{{ vault }}"\n', None),
    ("app.yml", "password: !vault |\n  $ANSIBLE\n", None),
    ("docker-compose.yml", "    environment:\n      - POSTGRES_PASSWORD=s3cretpw\n", "s3cretpw"),
    ("docker-compose.yml", "      MYSQL_ROOT_PASSWORD: rootpw11\n", "rootpw11"),
    ("docker-compose.yml", "      MYSQL_ROOT_PASSWORD: ${ROOT}\n", None),
    ("k8s.yaml", f'env:\n- name: API_KEY\n  value: "{H}"\n', H),
    (
        "k8s.yaml",
        "env:\n- name: API_KEY\n  valueFrom:\n    secretKeyRef:\n      name: x\n      key: api-key\n",
        None,
    ),
    (
        "template.yaml",
        "      Environment:\n        Variables:\n          DB_PASSWORD: Winter2024!\n",
        "Winter2024!",
    ),
    ("template.yaml", "          DB_PASSWORD: !Ref DbPassword\n", None),
    ("template.yaml", "  DbPassword:\n    Type: String\n    NoEcho: true\n", None),
    (
        "params.json",
        '[{"ParameterKey":"DbPassword","ParameterValue":"Winter2024!"}]',
        "Winter2024!",
    ),
    ("config.json", '{"db":{"user":"a","password":"hunter22","port":1}}', "hunter22"),
    ("config.json", f'{{\n "api_key": "{H}"\n}}', H),
    ("pyproject.toml", f'token = "{H}"\n', H),
    ("main.tf", '  password = "Winter2024!"\n', "Winter2024!"),
    ("main.tf", "  password = var.db_password\n", None),
    ("main.tf", 'variable "db_password" {\n  default = "Winter2024!"\n}\n', "Winter2024!"),
    ("application.properties", "spring.datasource.password=hunter22\n", "hunter22"),
    ("web.xml", "<password>hunter22</password>\n", "hunter22"),
    ("web.config", '<add key="DbPassword" value="a&amp;b99x" />\n', "a&b99x"),
    (
        "web.config",
        '<add name="Main" connectionString="Server=db;User Id=sa;Password=Str0ng1!;" />\n',
        "Str0ng1!",
    ),
    ("Dockerfile", "ENV DB_PASSWORD hunter22\n", "hunter22"),
    ("Dockerfile", "ENV A=b DB_PASSWORD=hunter22 C=d\n", "hunter22"),
    ("Dockerfile", "ARG TOKEN\n", None),
    ("deploy.sh", "mysql -u root --password=hunter22 db\n", "hunter22"),
    ("deploy.sh", f'curl -H "Authorization: Bearer {H}" https://x\n', H),
    ("deploy.sh", "export TOKEN=$(cat token)\n", None),
    ("deploy.sh", "PASSWORD=$1\n", None),
    ("a.py", 'password = "hunter22"\n', "hunter22"),
    ("a.py", 'password: str = "hunter22"\n', "hunter22"),
    ("a.py", 'conn = connect(host="x", password="hunter22")\n', "hunter22"),
    ("a.py", 'password = os.environ["DB_PASSWORD"]\n', None),
    ("a.py", 'password = os.getenv("DB_PASSWORD")\n', None),
    ("a.py", 'password = os.getenv("DB_PASSWORD", "hunter22")\n', "hunter22"),
    ("a.py", 'config["password"] = "hunter22"\n', "hunter22"),
    ("a.py", 'd = {"password": "hunter22"}\n', "hunter22"),
    ("a.py", 'raise ValueError("password: must be longer")\n', None),
    ("a.py", "password = get_password(user)\n", None),
    ("a.py", 'password = f"{x}-9"\n', None),
    ("a.py", 'if password == "hunter22":\n', "hunter22"),
    (
        "a.py",
        'KEY = """-----BEGIN RSA PRIVATE KEY-----\n'
        + ("Ab3d" * 16 + "\n") * 4
        + '-----END RSA PRIVATE KEY-----"""\n',
        "-----BEGIN RSA "
        "PRIVATE KEY-----\n" + ("Ab3d" * 16 + "\n") * 4 + "-----END RSA PRIVATE KEY-----",
    ),
    ("a.js", f'const apiKey = "{H}";\n', H),
    ("a.js", "const db = { user: 'a', password: 'hunter22' };\n", "hunter22"),
    ("a.js", "const password = process.env.DB_PASSWORD;\n", None),
    ("a.js", 'const password = process.env.DB_PASSWORD || "hunter22";\n', "hunter22"),
    ("a.ts", f'apiKey: string = "{H}"\n', H),
    ("a.ts", "password: string;\n", None),
    ("a.tsx", '<input type="password" placeholder="Password" name="password" />\n', None),
    ("a.java", 'private static final String DB_PASSWORD = "hunter22";\n', "hunter22"),
    ("a.java", 'ds.setPassword("hunter22");\n', "hunter22"),
    ("a.java", 'DriverManager.getConnection("jdbc:mysql://db/x", "root", "hunter22");\n', None),
    ("a.go", 'password := "hunter22"\n', "hunter22"),
    ("a.go", 'cfg := Config{Password: "hunter22"}\n', "hunter22"),
    ("a.cs", 'var s = "Server=db;User Id=sa;Password=Str0ng1!;";\n', "Str0ng1!"),
    ("a.php", "define('DB_PASSWORD', 'hunter22');\n", "hunter22"),
    ("a.php", "'password' => 'hunter22',\n", "hunter22"),
    ("a.php", "$password = 'hunter22';\n", "hunter22"),
    ("a.rb", "password: 'hunter22'\n", "hunter22"),
    ("a.py", 'engine = create_engine("postgresql://app:hunter22@db.acme.io/x")\n', "hunter22"),
    ("README.md", "connect to postgres://app:hunter22@db.acme.io/x.\n", "hunter22"),
    ("README.md", "Set `DB_PASSWORD=<your password>` first.\n", None),
    ("README.md", "Use postgres://user:password@localhost/db\n", "password"),
    ("en.json", '{"password":"Password","forgotPassword":"Forgot password?"}', None),
    ("a.py", f'x = "{G}"  # pragma: allowlist secret\n', None),
    ("a.py", f'x = "{G}"\n', G),
    ("a.py", f'é = "ü"; x = "{G}"\n', G),
    (".netrc", "machine x login bob password hunter22\n", "hunter22"),
    ("settings.ini", "[db]\npassword = hunter22\n", "hunter22"),
    ("settings.ini", "[db]\npassword=\nuser = x9\n", None),
    ("a.py", f'SECRET_KEY = "django-insecure-{H}"\n', "django-insecure-" + H),
    (
        ".aws/credentials",
        "[default]\naws_access_key_id = AKIA"
        + "QWERTYUIOPASDFG2\naws_secret_access_key = "
        + S
        + "\n",
        "" + S + "",
    ),
    ("serverless.yml", "    DB_PASSWORD: ${ssm:/prod/db}\n", None),
    (".github/w.yml", "  token: ${{ secrets.TOKEN }}\n", None),
    ("a.yml", '  - echo "password=hunter22" >> x\n', "hunter22"),
    ("a.json", '{"connection":"mongodb://u:hunter22@h/db"}', "hunter22"),
    (".npmrc", f"//registry.npmjs.org/:_authToken={H}\n", H),
    ("compose.yml", "command: redis-server --requirepass hunter22\n", "hunter22"),
    ("a.properties", "token.ttl=3600\npassword.min.length=8\n", None),
    (
        "a.json",
        '{"private_key":"-----BEGIN '
        "PRIVATE KEY-----\\n"
        + "Ab3d" * 16
        + "\\n"
        + "Ab3d" * 16
        + '\\n-----END PRIVATE KEY-----\\n"}',
        "-----BEGIN "
        "PRIVATE KEY-----\n" + "Ab3d" * 16 + "\n" + "Ab3d" * 16 + "\n-----END PRIVATE KEY-----",
    ),
    (
        "a.yml",
        "key: |\n  -----BEGIN RSA PRIVATE KEY-----\n  "
        + "Ab3d" * 16
        + "\n  "
        + "Ab3d" * 16
        + "\n  -----END RSA PRIVATE KEY-----\n",
        "-----BEGIN RSA "
        "PRIVATE KEY-----\n" + "Ab3d" * 16 + "\n" + "Ab3d" * 16 + "\n-----END RSA PRIVATE KEY-----",
    ),
    (".pgpass", "# all of them\ndb.acme.io:5432:app:bob:hun\\:ter22\n", "hun:ter22"),
    (".netrc", "machine api.acme.io\n  login bob\n  password hunter22\n", "hunter22"),
    (".git-credentials", "https://bob:hunter22@github.com\n", "hunter22"),
    (".npmrc", "_auth=Ym9iOmh1" + "bnRlcjIy\n", "hunter22"),
    (".docker/config.json", '{"auths":{"ghcr.io":{"auth":"Ym9iOmh1' + 'bnRlcjIy"}}}', "hunter22"),
    ("a.yml", "password: 'it''s9pw'\n", "it's9pw"),
    ("a.yml", "brokers: SASL_SSL://u:hunter22@k:9092\n", "hunter22"),
    (
        "web.config",
        '<add connectionString="Server=db;Database=a;User Id=sa;Password={a;b9}" />\n',
        "a;b9",
    ),
]
