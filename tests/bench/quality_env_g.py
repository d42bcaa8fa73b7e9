# ruff: noqa: E501 - a line of a template is a line of a file
"""Groups of variables of functions, seventh batch: written by two others who had not seen the program.

The language is that of :mod:`tests.bench.quality_values`; one variable a line.
"""

from __future__ import annotations

from typing import Final

GROUPS: Final = r"""
[g1_sparkasse_umsatzimport]
AzureWebJobsStorage = DefaultEndpointsProtocol=https;AccountName=stumsatzprod01;AccountKey=⟦«azurekey»⟧;EndpointSuffix=core.windows.net
FUNCTIONS_WORKER_RUNTIME = dotnet-isolated
ConnectionStrings__Buchungen = Server=tcp:sql-umsatz-prod.database.windows.net,1433;Initial Catalog=Buchungen;User ID=umsatz_rw;Password=⟦«pw»⟧;Encrypt=True;TrustServerCertificate=False
ConnectionStrings__Stammdaten = Server=tcp:sql-umsatz-prod.database.windows.net,1433;Initial Catalog=Stammdaten;Authentication=Active Directory Managed Identity
FinTs__Produktregistrierung = «upper25»
FinTs__BlzListe = 37050198,38050000,50050201
Ebics__HostId = EBIXSKPR
Ebics__PartnerId = K«digit7»
Ebics__SchluesselPfad = /mounts/ebics/keys/a006.p12
Ebics__SchluesselKennwort = abgeschaltet
IBAN_PRUEFZIFFER_REGEL = mod97-10

[g1_allianz_schaden_melder]
SPRING_PROFILES_ACTIVE = prod,kafka
SPRING_DATASOURCE_URL = jdbc:oracle:thin:@//dbschaden-scan.corp.local:1521/SCHADP
SPRING_DATASOURCE_USERNAME = SCHADEN_APP
SPRING_DATASOURCE_PASSWORD = ⟦«pw»⟧
SPRING_DATASOURCE_HIKARI_KEEPALIVE_TIME = 300000
PASSWORT_MINDESTLAENGE = 12
PASSWORT_ABLAUF_TAGE = 90
SCHADENNUMMER_PRAEFIX = SCH-2024-
GDV_ZUGANG = gdvuser07/⟦«strong»⟧
GDV_SATZART_VERSION = 0220.030
SCHLUESSEL_TABELLE = T_SCHLUESSELVERZEICHNIS

[g1_mollie_webshop_node]
NODE_ENV = production
MOLLIE_PROFILE = pfl_«alnum10»
MOLLIE_LIVE = ⟦live_«alnum30»⟧
MOLLIE_MODE = live
MOLLIE_WEBHOOK = https://shop.example.nl/hooks/mollie
BESTELLING_SLEUTEL_PREFIX = bestelling:
WACHTWOORD_HERSTEL_URL = https://shop.example.nl/wachtwoord-vergeten
REDIS_URL = rediss://default:⟦«alnum32»⟧@redis-webshop.example.nl:6380/0
ALGOLIA_APP = «upper10»
ALGOLIA_SEARCH_ONLY_KEY = ⟦?«hex32»⟧
ALGOLIA_INDEX = producten_nl_live

[g1_adyen_terminal_bridge]
ADYEN_MERCHANT = FerryLinesCOM
ADYEN_ENV = LIVE
ADYEN_LIVE_PREFIX = «hex16»-FerryLines
ADYEN_CHECKOUT = ⟦AQE«b64_60»-«b64_44»⟧
ADYEN_CLIENT_KEY = live_«upper32»
ADYEN_HMAC_NOTIF = ⟦«HEX64»⟧
ADYEN_NOTIF_USER = adyen-notify
ADYEN_NOTIF_PW = secretKeyRef:bilet/adyen-notif-pw
ADYEN_TERM_KEYID = terminal-key-3
ADYEN_TERM_PASSPHRASE = /mnt/geheim/adyen-term-passphrase.txt
POI_IDS = V400m-«digit9»,P400Plus-«digit9»
LOG_MASK_FIELDS = password,passphrase,cvc,pan

[g1_orange_sms_relais]
PYTHONUNBUFFERED = 1
ORANGE_CLIENT_ID = «alnum32»
ORANGE_CLIENT_SECRET = ⟦«alnum16»⟧
ORANGE_AUTORISATION = Basic ⟦«b64:«alnum32»:«alnum16»»⟧
ORANGE_EXPEDITEUR = tel:+33000000
URL_JETON = https://api.orange.com/oauth/v3/token
DUREE_JETON = 3600
CLEF_PARTITION = msisdn
MDP_BASE = keepass:/Betrieb/recambio/mdp-base
MDP_LONGUEUR_MIN = 10
BASE_HOTE = pg-sms-01.corp.local
BASE_UTILISATEUR = relais_sms

[g1_sncf_billets_php]
APP_ENV = prod
APP_SECRET = cyberark://Safe=P-lager;Object=app-secret
DATABASE_URL = mysql://billets:⟦«alnum20»⟧@mdb-billets.internal:3306/billets?serverVersion=10.11.2-MariaDB&charset=utf8mb4
MAILER_DSN = smtp://no-reply%40billets.example.fr:⟦«enc:«pw»»⟧@smtp.example.fr:587
MESSENGER_TRANSPORT_DSN = doctrine://default?auto_setup=0
LOCK_DSN = flock
CLE_PUBLIQUE_CODE_BARRES = «b64_88»
CLE_PRIVEE_CODE_BARRES = ⟦«oneline:«ec»»⟧
CLE_IDEMPOTENCE_ENTETE = X-Cle-Unique
TRUSTED_PROXIES = 127.0.0.1,REMOTE_ADDR
CORS_ALLOW_ORIGIN = ^https?://(.+\.)?billets\.example\.fr$

[g1_deutsche_bahn_stoerung_go]
GOMEMLIMIT = 400MiB
DB_API_CLIENT = «hex32»
DB_API_GEHEIM = see DB_API_GEHEIM_ARN
DB_HOST = stoerung.cluster-x.eu-central-1.rds.amazonaws.com
DB_AUTH = iam
RIS_ABO_SCHLUESSEL = station-updates
FAHRPLAN_STAND = 2024-12-15
AMQPS_ZIEL = amqps://stoerer:⟦«url24»⟧@b-«hex8».mq.eu-central-1.amazonaws.com:5671/ris
AMQPS_ROUTING_KEY = ris.stoerung.#
TEAMS_MELDER = ⟦https://example.webhook.office.com/webhookb2/«uuid»@«uuid»/IncomingWebhook/«hex32»/«uuid»⟧
TRACE_ID_HEADER = X-B3-TraceId

[g1_poczta_paczki]
BAZA_SERWER = sql-paczki.corp.local,1433
BAZA_UZYTKOWNIK = paczki_svc
BAZA_HASLO = ⟦«pw»⟧
HASLO_MIN_DLUGOSC = 14
HASLO_RESET_SZABLON = szablony/reset_hasla.html
INPOST_ORG = «digit5»
INPOST_ZETON = ⟦«jwt»⟧
INPOST_STATUSY = created,offers_prepared,confirmed,delivered
KLUCZ_SORTOWANIA = data_nadania
KLUCZ_OBCY = paczka_id
WSDL_ELEKTRONICZNY_NADAWCA = https://e-nadawca.example.pl/websrv/en.wsdl
EN_LOGIN = firma.kowalski
EN_PASS_LIVE = arn:aws:secretsmanager:ap-northeast-1:«digit12»:secret:lager/live-«alnum6»:password::

[g1_garanti_odeme_java]
JAVA_TOOL_OPTIONS = -XX:+TieredCompilation -XX:TieredStopAtLevel=1
BANKA_TERMINAL_NO = «digit8»
BANKA_UYE_ISYERI = «digit7»
BANKA_3D_ANAHTAR = ⟦«digit24»⟧
SIFRE_DENEME_SINIRI = 3
SIFRE_POLITIKASI = buyuk,kucuk,rakam,ozel
ANAHTAR_KELIMELER = iade,iptal,taksit
HATA_SIFRE_YANLIS = Kullanici adi veya sifre hatali.
IYZICO_API = ⟦?«alnum32»⟧
IYZICO_GIZLI = ⟦«alnum32»⟧
IYZICO_ADRES = https://api.iyzipay.com

[g1_banco_pagos_spei]
TZ = Europe/Madrid
BD_CADENA = postgresql://pagos_app:⟦«alnum18»⟧@pg-pagos.internal:5432/pagos?sslmode=verify-full&sslrootcert=/opt/ca.pem
BD_CADENA_LECTURA = postgresql://pg-pagos-ro.internal:5432/pagos
REDSYS_FUC = «digit9»
REDSYS_TERMINAL = 001
REDSYS_CLAVE = ⟦«b64_32»⟧
REDSYS_FIRMA_VERSION = HMAC_SHA256_V1
CLAVE_REST_VERSION = v2
CONTRASENA_CADUCADA_MSG = Su contraseña ha caducado, contacte con soporte
CERT_HUELLA = «hex40»
BIZUM_LIMITE_DIARIO = 2000

[g1_seguros_apolice_pt]
LIGACAO_ORACLE = APOLICE/⟦«strong»⟧@//ora-seg-01.corp.local:1521/SEGPRD
LIGACAO_TIMEOUT_MS = 8000
SENHA_EXPIRA_EM = 60d
SENHA_TOPICO = apolice-senha-reposta
CHAVE_APOLICE = numero_apolice
MBWAY_ENTIDADE = «digit5»
MBWAY_SENHA = ${ssm:/relais/live/mbway-senha}
EUPAGO = ⟦«lower4»-«lower4»-«lower4»-«lower4»-«lower4»⟧
SEGREDO_ARN = arn:aws:secretsmanager:eu-west-3:«digit12»:secret:apolice/prod-«alnum6»
TOKEN_TTL = 900
IDIOMAS = pt,en,fr

[g1_poste_italiane_spid]
SPID_ENTITY_ID = https://servizi.comune.example.it/spid
SPID_METADATA = https://registry.spid.gov.it/metadata/idp/spid-entities-idps.xml
SPID_CHIAVE_PRIVATA = ⟦«oneline:«pkcs8»»⟧
SPID_CERTIFICATO = «oneline:«cert»»
SPID_LIVELLO = https://www.spid.gov.it/SpidL2
PAROLA_CHIAVE_RICERCA = tributi imu tari
PAGOPA_STAZIONE = «digit11»_01
PAGOPA_SUBSCR = ⟦«hex32»⟧
PAGOPA_URL = https://api.platform.pagopa.it/gpd
PROTOCOLLO_UTENTE = ws_protocollo
PROTOCOLLO_PAROLA = <à renseigner>
ELENCO_CAMPI_PASSWORD = pwd,conferma_pwd

[g1_azure_keyvault_only]
WEBSITE_RUN_FROM_PACKAGE = 1
Jwt__SigningKey = @Microsoft.KeyVault(SecretUri=https://kv-vertrag-prod.vault.azure.net/secrets/JwtSigningKey/)
Jwt__Issuer = https://login.vertrag.example.de
Jwt__Audience = api://vertrag
Jwt__ClockSkewSeconds = 30
Sql__Password = @Microsoft.KeyVault(VaultName=kv-vertrag-prod;SecretName=sql-app)
ServiceBus__fullyQualifiedNamespace = sb-vertrag.servicebus.windows.net
Storage__accountName = stvertragprod
AzureAd__ClientId = «uuid»
AzureAd__TenantId = «uuid»
AzureAd__ClientSecret = ⟦«alnum3»8Q~«url34»⟧
KeyVault__Uri = https://kv-vertrag-prod.vault.azure.net/

[g1_dhl_versand_label]
DHL_GKP_USER = user-valid
DHL_EKP = «digit10»
DHL_APP_ID = versand_cockpit_1
DHL_APP_TOKEN = ⟦«alnum30»⟧
DHL_TRACK_KEY = ***
DHL_ABRECHNUNGSNR = «digit14»
DHL_SANDBOX_PASS = <siehe Wiki>
LABEL_FORMAT = 910-300-700
S3_LABEL_KEY_TEMPLATE = labels/{yyyy}/{mm}/{shipmentNo}.pdf
DPD_DELIS = ⟦?dpdtest1⟧
DPD_ZUGANG = {"delisId":"KD«digit6»","password":"⟦«strong»⟧","messageLanguage":"de_DE"}

[g1_razorpay_abo_inr]
RZP_KEY = rzp_live_«alnum14»
RZP_PLAN_MONTHLY = plan_«alnum14»
PAYU_MERCHANT = «digit7»
PAYU_SALT_V2 = ⟦«alnum32»⟧
PAYU_HASH_SEQ = key|txnid|amount|productinfo|firstname|email
PINCODE_API = https://api.postalpincode.in/pincode/
DEFAULT_PINCODE = 560001
OTP_LEN = 6
MSG91_FLOW = «hex24»
MSG91_AUTH = ⟦«digit6»«upper23»⟧
GSTIN = 29AAACR«digit4»K1Z5

[g1_alipay_wechat_settle]
ALIPAY_APPID = 2021«digit12»
ALIPAY_APP_PRIV = ⟦MIIEv«b64_240»⟧
ALIPAY_PUB = MIIBIjANBg«b64_120»
ALIPAY_GATEWAY = https://openapi.alipay.com/gateway.do
ALIPAY_SIGN_TYPE = RSA2
WX_MCHID = «digit10»
WX_CERT_SERIAL = «HEX40»
WX_APPID = wx«hex16»
WX_MP_SECRET = @Microsoft.KeyVault(VaultName=kv-shared-weu;SecretName=wx-mp-secret;SecretVersion=«hex32»)
WX_NOTIFY = https://settle.example.cn/wx/notify
OSS_AK = ⟦?LTAI«alnum20»⟧
OSS_SK = ⟦«alnum30»⟧

[g1_line_kakao_bot]
LINE_CHANNEL = «digit10»
LINE_ACCESS = ⟦«b64_156»1O/w1cDnyilFU=⟧
LINE_LIFF_ID = «digit10»-«alnum8»
KAKAO_JS = «hex32»
KAKAO_REST_URL = https://kapi.kakao.com
NAVER_CID = «alnum20»
NAVER_CS = ⟦«alnum10»⟧
NAVER_MAP_NCP_ID = «lower10»
REPLY_TOKEN_TTL_SEC = 60
BOT_PASSWORD_PROMPT = 비밀번호를 입력하세요

[g1_yandex_metrika_loader]
YC_FOLDER = b1g«lower17»
YC_SA_KEYID = aje«lower17»
YC_STATIC = ⟦YC«url38»⟧
YA_OAUTH = ⟦y0_«url55»⟧
YA_COUNTER = «digit8»
CH_DSN = clickhouse://loader:⟦«alnum22»⟧@rc1a-«lower16».mdb.yandexcloud.net:9440/metrika?secure=true
CH_PRIMARY_KEY = (counter_id, event_date)
LOCKBOX_ID = e6q«lower17»
METRIKA_FIELDS = ym:s:visitID,ym:s:clientID,ym:s:date

[g1_sap_idoc_empfang]
SAP_ASHOST = sapprd01.corp.local
SAP_SYSNR = 00
SAP_MANDANT = 100
SAP_USER = RFC_LAMBDA
SAP_PASSWD = /run/secrets/sap-passwd
SAP_LANG = DE
SAP_SNC_PARTNERNAME = p:CN=PRD, O=Werk, C=DE
IDOC_TYP = ORDERS05
IDOC_PARTNERROLLE = LS
SAPROUTER_STRING = /H/saprouter.example.de/S/3299/W/⟦«alnum9»⟧/H/sapprd01
BTP_DESTINATION = S4_PROD_ODATA
BTP_XSUAA = {"clientid":"sb-idoc!t«digit5»","clientsecret":"⟦«alnum27»=⟧","url":"https://werk.authentication.eu10.hana.ondemand.com","xsappname":"idoc!t«digit5»"}
CSRF_FETCH_HEADER = X-CSRF-Token: Fetch

[g1_as400_bestand_sync]
AS400_SYS = S44«digit5»
AS400_LIB = LAGERPRD
AS400_BENUTZER = QLAMBDA
AS400_KENNW_ALT = ⟦«upper10»⟧
JDBC400 = jdbc:as400://as400.corp.local;libraries=LAGERPRD;user=QSYNC;password=⟦«upper9»⟧;prompt=false;naming=system
QPWDLVL = 2
QPWDEXPITV = *NOMAX
KEYFLD = LAARTN
CCSID = 1141
DTAQ_KEYLEN = 10

[g1_mq_zahlungsverkehr]
MQ_CONNAME = mqzv1.corp.local(1414),mqzv2.corp.local(1414)
MQ_CHANNEL = ZV.SVRCONN.TLS
MQ_QMGR = QMZVP1
MQ_APP_ID = zvlambda
MQ_KEYREPOS = /opt/mq/key.kdb
MQ_KEYSTASH_PW = ⟦«strong»⟧
MQ_CIPHER = ECDHE_RSA_AES_256_GCM_SHA384
SWIFT_BIC = EXAMDEFFXXX
SWIFT_LAU_KEY = ⟦«alnum16»«alnum16»⟧
SEPA_SCHEMA = pain.001.001.09
CORREL_KEY = JMSCorrelationID

[g1_ftp_edi_lieferant]
EDI_FTP = ftp://edi_metro:⟦«alnum14»⟧@ftp.edi-partner.example.de/in/
EDI_SFTP_HOST = sftp.edi-hub.example.com
EDI_SFTP_USER = tp00412
EDI_SFTP_KEY = ⟦«oneline:«ssh»»⟧
EDI_SFTP_FINGERPRINT = SHA256:«b64_43»
EDI_SFTP_KEY_PHRASE = file:///mnt/secrets-store/edi-sftp-key-phrase
EDIFACT_UNB_SENDER = 40«digit11»
EDIFACT_UNB_PASSWORT_FELD = 0022
AS2_ID = LIEFERANT_AS2
AS2_P12_B64 = ⟦MIIK«b64_200»⟧
AS2_MDN_URL = https://as2.example.com/mdn

[g1_ldap_personal_abgleich]
LDAP_URI = ldaps://dc01.corp.local:636
LDAP_BIND_DN = CN=svc-abgleich,OU=Service,DC=corp,DC=local
LDAP_PWD_ATTR = unicodePwd
LDAP_PWD_POLICY_DN = cn=default,ou=policies,dc=corp,dc=local
LDAP_FILTER = (&(objectClass=user)(pwdLastSet>=1))
KRB5_CONFIG = /opt/krb5.conf
KRB5_PRINCIPAL = HTTP/abgleich.corp.local@CORP.LOCAL
KRB5_KEYTAB_B64 = ⟦BQIA«b64_124»⟧
PERSONIO = {"id":"papi-«uuid»","geheim":"⟦papi-«alnum40»⟧"}
WORKDAY_RAAS = https://ISU_Abgleich:⟦«enc:«strong»»⟧@wd3-services1.workday.com/ccx/service/customreport2/werk/Abgleich

[g1_infobip_tan_versand]
INFOBIP_BASE = https://«lower5».api.infobip.com
INFOBIP = App ⟦«hex32»-«uuid»⟧
INFOBIP_2FA_APP = «HEX32»
INFOBIP_2FA_MSG = «HEX32»
TAN_LAENGE = 6
TAN_TEXT = Ihre TAN lautet {{pin}}. Geben Sie diese niemals weiter!
TAN_PEPPER = ⟦«hex32»⟧
MSGBIRD_ABSENDER = MeineBank
SINCH_PLAN = «hex32»
FALLBACK_REIHENFOLGE = infobip,messagebird,sinch

[g1_swisscom_rechnung_kotlin]
MICRONAUT_ENVIRONMENTS = lambda,prd
DATASOURCES_DEFAULT_URL = jdbc:postgresql://pg.rechnung.example.ch:5432/rechnung
DATASOURCES_DEFAULT_USERNAME = rechnung
DATASOURCES_DEFAULT_PASSWORD = -
MICRONAUT_SECURITY_TOKEN_JWT_SIGNATURES_SECRET_GENERATOR_SECRET = ⟦«alnum48»⟧
MICRONAUT_SECURITY_TOKEN_JWT_GENERATOR_ACCESSTOKEN_EXPIRATION = 3600
QR_IBAN = CH44 3199 9«digit3» «digit4» «digit4» «digit1»
ESR_PRUEFSCHLUESSEL = 0946827135
SWISSCOM_SMS_CKEY = «alnum32»
SWISSCOM_SMS_CSEC = ⟦«alnum16»⟧
MOBILEID_AP_ID = mid://rechnung.example.ch
MOBILEID_AP_PWD = ⟦?disabled⟧

[g1_klarna_checkout_se]
KLARNA_UID = K«digit6»_«hex12»
KLARNA_PASS = ⟦«alnum16»⟧
KLARNA_REGION = eu
KLARNA_PURCHASE_COUNTRY = SE
SWISH_NUMMER = 123«digit7»
SWISH_PEM_LOSEN = ⟦«person»⟧
SWISH_CERT_KEY = swish_prod_2024
BANKID_RP_PFX = s3://certs-prod/bankid/rp.pfx
LOSENORD_GLOMT_TEXT = Har du glömt ditt lösenord?
FORTNOX_KUNDNR = «digit6»

[g1_postnl_retour_python]
POSTNL_CUSTOMER = DEVC
POSTNL_NUMMER = «digit8»
BARCODE_SLEUTEL = 3S{code}{volgnr}
CELERY_BROKER_URL = sqs://
CELERY_RESULT_BACKEND = db+postgresql://retour:⟦«alnum16»⟧@pg-retour.internal/retour
DJANGO_SETTINGS_MODULE = retour.settings.lambda_prod
DJANGO_GEHEIM = ⟦«django»⟧
AUTH_PASSWORD_VALIDATORS = MinimumLength,CommonPassword,NumericPassword
EXACT_ONLINE_DIVISIE = «digit7»
EXACT_ONLINE_VERNIEUW = ⟦stampNL001.«url80»⟧
CSRF_COOKIE_NAME = retour_csrf

[g1_ing_ideal_callback]
IDEAL_ISSUERS = INGBNL2A,RABONL2U,ABNANL2A
IDEAL_SUBID = 0
IDEAL_CERT_WW = ⟦«pw»⟧
IDEAL_KEYNAME = «HEX40»
MULTISAFEPAY = ⟦«hex40»⟧
BUCKAROO_WEBSITE_KEY = «alnum10»
BUCKAROO_GEHEIME_SLEUTEL = ref+awsssm://fracht/buckaroo-geheime-sleutel
BUCKAROO_SERVICE_VERSIE = 2
WW_RESET_GELDIG_MIN = 30
FOUT_WW = Wachtwoord moet minimaal 10 tekens bevatten
DIGID_KOPPELVLAK = saml

[g1_payone_portal]
PAYONE_PORTAL = «digit7»
PAYONE_MID = «digit5»
PAYONE_AID = «digit5»
PAYONE_KEY = ⟦«alnum16»⟧
PAYONE_MODE = live
PAYONE_HASH = md5
PAYONE_HASH_FELDER = mid,portalid,aid,reference,amount
COMPUTOP_MERCHANT = werk_live
COMPUTOP_URL = https://www.computop-paygate.com/payssl.aspx
UNZER_PRIV = ⟦s-priv-«alnum32»⟧
UNZER_PUB = s-pub-«alnum32»

[g1_worldline_sips_fr]
SIPS_ID_COMMERCANT = «digit15»
SIPS_VERSION_CLE = 1
SIPS_CLEF = ⟦«url43»⟧
SIPS_SCEAU = HMAC-SHA-256
SYSTEMPAY_SITE = «digit8»
SYSTEMPAY_REST_MDP = ⟦prodpassword_«alnum42»⟧
SYSTEMPAY_CLEF_JS = «digit8»:publickey_«alnum42»
LYRA_HMAC_ALGO = sha256_hmac
ERREUR_MDP = Mot de passe incorrect (3 essais restants)
MONEXT_CONTRATS = «digit7»,«digit7»

[g1_chorus_factures_publiques]
PISTE_CLIENT_ID = «uuid»
PISTE_CLIENT_SEC = ⟦«uuid»⟧
PISTE_URL = https://oauth.piste.gouv.fr/api/oauth/token
CHORUS_COMPTE_TECH = TECH_1_«digit8»@cpro.fr
CHORUS_COMPTE = ⟦«b64:TECH_1_«digit8»@cpro.fr:«strong»»⟧
SIRET = «digit14»
CODE_SERVICE = FACTURES_PUBLIQUES
FRANCECONNECT_SUB_SALT = ⟦«hex64»⟧
CLE_REPARTITION = analytique
JETON_CSRF_CHAMP = _jeton
EMPREINTE_SHA256 = «hex64»
ARCHIVAGE_COFFRE = coffre-01

[g1_doctolib_like_rdv]
RAILS_ENV = production
SECRET_KEY_BASE_DUMMY = 1
DB_URL_PRIMAIRE = postgres://rdv:⟦«hex24»⟧@rdv-primary.internal:5432/rdv
PSC_CLIENT_MDP = ⟦«hex40»⟧
PSC_SCOPE = openid scope_all
INS_TELESERVICE_CERT_DN = CN=rdv.example.fr,OU=339«digit11»,O=RDV,C=FR
MOT_DE_PASSE_OUBLIE_ROUTE = /comptes/mdp/oublie
BLIND_INDEX_COLUMNS = email_bidx,phone_bidx
HDS_COMPARTIMENT = sante-prod
TOKENIZER = standard_fr

[g1_nhs_pds_lookup]
NHS_ENV = int
NHS_APIM_KID = int-2
NHS_APIM_APP = ⟦?«alnum32»⟧
NHS_APIM_PEM = ⟦«oneline:«rsa»»⟧
PDS_FHIR = https://int.api.service.nhs.uk/personal-demographics/FHIR/R4
SPINE_ASID = «digit12»
SPINE_PARTYKEY = Y«digit5»-«digit6»
MESH_MAILBOX = X26HC«digit3»
MESH_PW = ver Bitwarden
NHSNO_CHECK = mod11
GOVUK_NOTIFY = ⟦gateway_live-«uuid»-«uuid»⟧

[g1_hotel_opera_pms]
OHIP_GATEWAY = https://eu1.hospitality-api.example.com
OHIP_APPKEY = ⟦?«uuid»⟧
OHIP_INTEG = ⟦«b64:HOTEL_Client:«alnum20»»⟧
OHIP_HOTELID = VIE01
SALTO_SVC = {"user":"operator","pass":"⟦«person»⟧","port":8100}
SCHLUESSELKARTEN_TYP = mifare-desfire
KEYCARD_COUNT_DEFAULT = 2
BOOKING_COM_XML = https://hotelid:⟦«alnum15»⟧@secure-supply-xml.booking.com/hotels/xml/reservations
WLAN_GAST = ⟦?Willkommen2024⟧
WLAN_SSID = Hotel_Gast
SITEMINDER_CODE = HTL«digit4»

[g1_accor_like_fidelite]
QUARKUS_PROFILE = prod
QUARKUS_DATASOURCE_JDBC_URL = jdbc:mariadb://mdb-fid.internal:3306/fidelite
QUARKUS_DATASOURCE_PASSWORD = $(QUARKUS_DATASOURCE_PASSWORD)
QUARKUS_OIDC_AUTH_SERVER_URL = https://sso.example.fr/realms/fidelite
QUARKUS_OIDC_CREDENTIALS_SECRET = ⟦«alnum32»⟧
QUARKUS_HTTP_AUTH_FORM_COOKIE_NAME = fid-credential
MP_JWT_VERIFY_PUBLICKEY = MIIBIjANBgkqhkiG9w0B«b64_80»
QUARKUS_VAULT_SECRET_CONFIG_KV_PATH = fidelite/prod
SALESFORCE_SECURITE = ⟦«alnum24»⟧
SALESFORCE_LOGIN = integration@example.fr.prod
SALESFORCE_MDP = kms:alias/police-salesforce-mdp
CARTE_NUMERO_REGEX = ^308[0-9]{13}$

[g1_maersk_container_events]
Values:AzureWebJobsStorage = UseDevelopmentStorage=true
Values:FUNCTIONS_EXTENSION_VERSION = ~4
Values:EventHub__Events = Endpoint=sb://ehns-container.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=⟦«b64_43»=⟧;EntityPath=events
Values:EventHub__ConsumerGroup = $Default
Values:CosmosDb = AccountEndpoint=https://cosmos-container.documents.azure.com:443/;AccountKey=⟦«azurekey»⟧;
Values:CosmosPartitionKey = /containerNo
Values:MaerskConsumer = ⟦?«alnum32»⟧
Values:MaerskSec = {{resolve:ssm-secure:/mandat/values-maersksec:3}}
Values:PortCode = NLRTM
Values:SasReport = https://stcontainer.blob.core.windows.net/reports?sv=2022-11-02&ss=b&srt=co&sp=rl&se=2026-12-31&sig=⟦«enc:«b64_43»=»⟧
Values:WEBSITE_TIME_ZONE = Romance Standard Time

[g1_telefonica_recargas]
BROKER_KAFKA = b-1.recargas.kafka.eu-west-1.amazonaws.com:9096,b-2.recargas.kafka.eu-west-1.amazonaws.com:9096
KAFKA_JAAS = org.apache.kafka.common.security.scram.ScramLoginModule required username="recargas" password="⟦«alnum24»⟧";
KAFKA_CLAVE_MENSAJE = msisdn
KAFKA_KEY_SERIALIZER = org.apache.kafka.common.serialization.StringSerializer
SCHEMA_REG_AUTH = «upper16»:⟦«b64_64»⟧
PIN_RECARGA_LONGITUD = 14
DIAMETER_REALM = ocs.example.es
DIAMETER_SECRETO = ENC[AES256_GCM,data:«b64_24»,iv:«b64_43»=,tag:«b64_22»==,type:str]
SMPP_SISTEMA = rec01
SMPP_VENTANA = 10

[g1_vodafone_tr_fatura]
VERITABANI = Data Source=(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=ora-fatura)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=FTRPRD)));User Id=FATURA;Password=⟦«pw»⟧;
VERITABANI_HAVUZ = 20
EFATURA_KULLANICI = uyum_ws
EFATURA_ETIKET = urn:mail:defaultpk@example.com.tr
MALI_MUHUR_SERINO = «HEX16»
NETGSM_USERCODE = 850«digit7»
NETGSM_SIFRE = ⟦«alnum9»⟧
NETGSM_BASLIK = OPERATORUM
PARAMETRE_ANAHTARI = FATURA_DONEMI
SIFREMI_UNUTTUM_METIN = Şifrenizi mi unuttunuz?

[g1_kerberos_hive_export]
HIVE_JDBC = jdbc:hive2://hive.corp.local:10000/dwh;principal=hive/_HOST@CORP.LOCAL
HADOOP_CREDSTORE = jceks://hdfs/user/export/geheim.jceks
HADOOP_CREDSTORE_PASSWORD = awssm://hadoop-credstore-password?region=eu-north-1
TRUSTSTORE_PATH = /opt/truststore.jks
TRUSTSTORE_PW = ⟦?changeit⟧
KEYTAB_PFAD = /opt/keytabs/export.keytab
SNOWFLAKE_KONTO = xy«digit5».eu-central-1
SNOWFLAKE_USR = EXPORT_SVC
SNOWFLAKE_PRIV = ⟦«join:«pkcs8»»⟧
SNOWFLAKE_PRIV_PP = ⟦«alnum18»⟧
IMPALA_SPILL_KEY = scratch_dir

[g1_prisma_ticketing]
TICKETING = prisma://accelerate.prisma-data.net/?api_key=⟦«jwt»⟧
DIRECT_URL = postgresql://tix:⟦«alnum26»⟧@ep-«word»-«word»-«digit6».eu-central-1.aws.neon.tech/tix?sslmode=require
PUSHER_APP = «digit7»
PUSHER_KEY = «hex20»
PUSHER_GEHEIM = op://Betrieb/clearing/password
PUSHER_CLUSTER = eu
TICKET_QR_VERSION = 3
PASS_TYPE_IDENTIFIER = pass.com.example.ticket
APPLE_WALLET_P8 = ⟦«oneline:«pkcs8»»⟧
APPLE_TEAM = «upper10»
SEATMAP_PUBLIC_WORKSPACE = «uuid»

[g1_laravel_vapor_boutique]
APP_NAME = Boutique
APP_KEY = base64:⟦«b64_43»=⟧
APP_PREVIOUS_KEYS = base64:⟦«b64_43»=⟧
APP_CIPHER = AES-256-CBC
BROADCAST_DRIVER = log
DB_USERNAME = boutique
DB_PASSWORD = n/a
CACHE_PREFIX = boutique_cache_
DYNAMODB_CACHE_TABLE = boutique-cache
MAIL_PASSWORD = null
PASSWORD_TIMEOUT_SECONDS = 10800
COLISSIMO = {"contractNumber":"«digit6»","motDePasse":"⟦«person»⟧"}

[g1_gcf_firebase_pharma]
GCLOUD_PROJECT = pharma-lieferung-prod
FIREBASE_CONFIG = {"projectId":"pharma-lieferung-prod","storageBucket":"pharma-lieferung-prod.appspot.com","apiKey":"⟦?«googlekey»⟧"}
GOOGLE_CRED_INLINE = {"type":"service_account","project_id":"pharma-lieferung-prod","private_key_id":"«hex40»","private_key":"⟦«json:«pkcs8»»⟧","client_email":"liefer@pharma-lieferung-prod.iam.gserviceaccount.com","client_id":"«digit21»"}
GOOGLE_APPLICATION_CREDENTIALS = /workspace/sa.json
SECRET_VERSION = projects/«digit12»/secrets/db-pass/versions/latest
MAPS_SERVER = ⟦«googlekey»⟧
ERX_FACHDIENST = https://erp.zentral.erp.splitdns.ti-dienste.de
SMCB_PIN = ⟦«digit6»⟧
KONNEKTOR = https://10.1.4.2
KONNEKTOR_MANDANT = apo1
FCM_TOPIC_KEY = bestellung_status
K_SERVICE = liefer-fn

[g1_zalando_like_retail_go]
NATS_CREDS_FILE = /etc/nats/user.creds
NATS_NKEY_SEED = ⟦SU«upper56»⟧
NATS_PUB_NKEY = U«upper55»
ES_ADDR = https://elastic:⟦«alnum24»⟧@es-artikel.internal:9200
ES_INDEX_ALIAS = artikel_live
LD_CLIENT_SIDE = «hex24»
LD_MOBILE = mob-«uuid»
FLAG_KEYS = neue-kasse,express-versand,passwort-los
OTEL_EXPORTER_OTLP_HEADERS = api-key=⟦«hex36»NRAL⟧

[g1_erp_navision_soap]
NAV_SOAP = http://nav2018.corp.local:7047/PROD/WS/Firma/Page/Artikel
NAV_DOMAENE = CORP
NAV_KONTO = svc_navsoap
NAV_ZUGANGSSCHL = ⟦«b64_43»=⟧
NAV_ALT_PASSW = ⟦«person»⟧
NAV_COMPANY_KEY = Firma GmbH
WSSE_PASSWORD_TYPE = PasswordDigest
WSSE_NONCE_ENC = Base64Binary
BASIC_HDR = Authorization: Basic ⟦«b64:svc_navsoap:«pw»»⟧
SOAPACTION = urn:microsoft-dynamics-schemas/page/artikel:ReadMultiple
DATEV_MANDANT = «digit5»
DATEV_BERATER = «digit7»

[g1_gls_tracking_mix]
GLS_CRED = «digit10»:⟦«alnum10»⟧
GLS_DEPOT = DE 550
GLS_NUMMERNKREIS = «digit6»
HERMES_OAUTH = {"grant_type":"password","username":"hsi_«digit5»","password":"⟦«pw»⟧","client_id":"hsi"}
UPS_ACCT = «upper6»
UPS_CLIENT = «alnum48»
UPS_SEC = s3://cfg-recambio-live/ups-sec.enc
FEDEX_METER = «digit9»
FEDEX_CHILD_SECRET = keyring:fedex-child-secret
BRT_PAROLA = demander à l'infra
SEUR_CCC = «digit5»-1
MRW_LOGIN_DATOS = 0«digit4»|AB01|SGC«digit4»|⟦«alnum14»⟧
TRACKING_URL_MUSTER = https://gls-group.eu/track/{trackId}?token={token}

[g1_stadtwerke_zaehlerstand]
MQTT_URL = mqtts://zaehler:⟦«alnum18»⟧@mqtt.stadtwerk.example.de:8883
MQTT_TOPIC_KEY = zaehler/+/stand
MSCONS_VERSION = 2.4c
SMGW_HAN_USER = han_admin
PV_ANLAGENSCHLUESSEL = E«digit32»
LORA_APP_EUI = «HEX16»
LORA_DEV_EUI = «HEX16»
TTN = ⟦NNSXS.«upper38».«upper52»⟧
INFLUX_ORG = stadtwerk
INFLUX_ZEICHEN = ⟦«url86»==⟧
OBIS = 1-0:1.8.0

[g1_finanzamt_elster_eric]
ERIC_HOME = /opt/eric
ELSTER_HERSTELLER_ID = «digit5»
ELSTER_PFX = /opt/zert/org.pfx
ELSTER_PFX_PIN = ⟦«digit8»⟧
ELSTER_STEUERNR = 9198011310010
ELSTER_TESTMERKER = 700000004
BZST_KENNUNG = BZ«digit8»
BZST_DIP_ZUGANG = ⟦«oneline:«rsa»»⟧
DE_MAIL_PASSWORT_VERGESSEN = https://de-mail.example.de/hilfe
OZG_NUTZERKONTO_KEY_ID = ozg-sig-7
XTA_ENDPUNKT = https://xta.example.de/services/XTAService
VERSIEGELUNG = ENC[AES256_GCM,data:«b64_44»,iv:«b64_43»=,tag:«b64_22»==,type:str]

[g1_krankenkasse_egk]
ASPNETCORE_ENVIRONMENT = Production
Egk__KimKonto = abrechnung@kk.kim.telematik
Egk__KimPw = TODO: bei Frau Krüger erfragen
Egk__Kvnr__Pattern = [A-Z][0-9]{9}
Smtp__Host = kim-clientmodul
Smtp__Credentials = abrechnung:⟦«alnum13»⟧
DataProtection__ApplicationName = egk
DataProtection__KeyRing = blob
Serilog__Using__0 = Serilog.Sinks.Seq
Serilog__WriteTo__0__Args__apiKey = @Microsoft.KeyVault(SecretUri=https://kv-gemeinsam.vault.azure.net/secrets/serilog--writeto--0--args--apikey/«hex32»)
ApplicationInsights__ConnectionString = InstrumentationKey=⟦?«uuid»⟧;IngestionEndpoint=https://germanywestcentral-1.in.applicationinsights.azure.com/
Kestrel__Certificates__Default__Password = ⟦«strong»⟧
Swagger__OAuthClientSecretRequired = false

[g1_bancontact_belgie]
BC_MERCHANT = 6«hex23»
BC_WACHTWRD = iam-auth
BC_HMAC_SLEUTEL = [maskiert]
INGENICO_PSPID = winkelbe
INGENICO_SHA_IN = ⟦«sym32»⟧
INGENICO_SHA_OUT = ⟦«sym32»⟧
INGENICO_ALGORITME = SHA512
ITSME_CLIENT = «alnum10»
ITSME_JWKS = https://winkel.example.be/.well-known/jwks.json
ITSME_ENC_JWK = {"kty":"RSA","use":"enc","kid":"e1","n":"«url86»","e":"AQAB","d":"⟦«url86»⟧"}
BPOST_ACCOUNT = «digit6»
PEPPOL_SMP = https://smp.example.be

[g1_proximus_mobile_orders]
AWS_LAMBDA_EXEC_WRAPPER = /opt/otel-handler
DD_SITE = datadoghq.eu
DD_KMS_API_KEY = AQICAHh«b64_120»
DD_API = ⟦«hex32»⟧
DD_TAGS = team:orders,cost:be-«digit4»
ORDERS_TABLE_PK = orderId
ORDERS_TABLE_SK = createdAt
SIM_PUK_COLUMN = puk1_encrypted
OTA_KID = ⟦«HEX32»⟧
OTA_TAR = B«digit5»
ESIM_SMDP_ADDR = smdp.example.com

[g1_naver_commerce_sync]
NC_APP = «alnum22»
NC_APP_SEC = ⟦$2a$04$«alnum22»⟧
COUPANG_ACCESS = ⟦?«uuid»⟧
COUPANG_VENDOR = A00«digit6»
TOSS_CK = live_ck_«alnum24»
TOSS_SK = ⟦live_sk_«alnum32»⟧
DAUM_POSTCODE_JS = //t1.daumcdn.net/mapjsapi/bundle/postcode/prod/postcode.v2.js
CJ_LOGISTICS_CUST = «digit8»
CJ_LOGISTICS_TOK = os.environ["CJ_LOGISTICS_TOK"]
AMHO_MIN = 8

[g1_rakuten_jr_booking]
RMS_SHOP = ekiben-shop
RMS_ESA = ESA ⟦«b64:SP«digit6»_«alnum14»:SL«digit6»_«alnum14»»⟧
GMO_SHOPID = 9200«digit9»
GMO_SHOPPASS = <preencher>
GMO_SITEPASS = <uzupełnić>
GMO_TOKEN_PUBLIC = «b64_120»
KOMOJU_PK = pk_live_«lower24»
SUICA_AREA_KEY = kanto
YAMATO_CODE = «digit12»
CHATWORK = ⟦«hex32»⟧
CHATWORK_ROOM = «digit9»
PASUWADO_SAITEI = 8文字以上

[g1_paytm_upi_collect]
PAYTM_MID = Shopkt«digit14»
PAYTM_MKEY = projects/«digit12»/secrets/paytm-mkey/versions/7
PAYTM_WEBSITE = DEFAULT
PHONEPE_SALT_IDX = 1
UPI_VPA = shop@okbank
MPIN_ATTEMPTS = 3
CASHFREE_X = ⟦cfsk_ma_prod_«hex32»_«hex8»⟧
AADHAAR_AUA_CODE = «digit10»
DIGILOCKER_SCOPE = files.issueddocs
EXOTEL = https://«hex48»:⟦«hex48»⟧@api.exotel.com/v1/Accounts/shopkt1

[g1_grab_delivery_sg]
GRAB_PARTNER = «uuid»
GRAB_PARTNER_SEC = ref+vault://depo/prod#/grab-partner-sec
GRAB_POP_HEADER = X-GID-AUX-POP
SINGPASS_SIG_KID = sig-2024
SINGPASS_SIG_JWK = {"kty":"EC","crv":"P-256","kid":"sig-2024","x":"«url43»","y":"«url43»","d":"⟦«url43»⟧"}
NETS_TID = «digit8»
NINJAVAN_CLIENT_KEY = {cipher}«hex96»
ONEMAP_MAIL = ops@example.sg
ONEMAP_PASSWD = ⟦«pw»⟧
POSTCODE_LEN = 6
SEED_DATA_DIR = ./seeds
RDS_PROXY = proxy-«lower12».ap-southeast-1.rds.amazonaws.com

[g1_medien_paywall_rust]
RUST_LOG = info,paywall=debug
PIANO_AID = «alnum10»
PAYWALL_METER_KEY = artikel_gelesen
GHOST_ADMIN = «hex24»:⟦«hex64»⟧
GHOST_CONTENT = ⟦?«hex26»⟧
DPA_FEED = https://feeds.dpa.example.de/⟦«url40»⟧/digiwires.json
VGWORT_KARTEI = «digit7»
WEBPUSH_VAPID_PUB = B«url86»
WEBPUSH_SUBJECT = mailto:technik@example.de

[g1_rai_video_ingest]
MINIO_UTENTE = ingest
MINIO_BUCKET = vod-ingest
ASPERA_TOKEN_LIFETIME = 86400
ASPERA_NODE = https://node_ingest:⟦«url24»⟧@aspera.example.it:9092
WOWZA_SECURETOKEN = AQICAHi«b64_180»
WOWZA_PREFIX = wowzatoken
AKAMAI_EDGERC = [default]\nclient_secret = ⟦«b64_43»=⟧\nhost = akab-«lower16».luna.akamaiapis.net\naccess_token = ⟦akab-«lower16»-«lower16»⟧\nclient_token = akab-«lower16»-«lower16»
AKAMAI_CPCODE = «digit6»
WIDEVINE_PROVIDER = mediarai
WIDEVINE_IV = ⟦?«hex32»⟧
FAIRPLAY_ASK = ⟦«HEX32»⟧
DRM_KEY_ROTATION = 3600

[g1_carrefour_like_promo]
OCI_CONNEXION = PROMO_APP/⟦«strong»⟧@PROMOPRD
NLS_LANG = FRENCH_FRANCE.AL32UTF8
MDP_ESSAIS_MAX = 5
CLEF_ETRANGERE = ID_MAGASIN
CLEFS_CACHE = promo:{mag}:{jour}
BATCH_ACCES = {"hote":"cft.corp.local","part":"PROMO1","nspart":"CARPROM","mdp":"⟦«upper8»⟧"}
TIBCO_EMS_URL = ssl://ems1:7243,ssl://ems2:7243
TIBCO_EMS_SECRET = ⟦?$man$«alnum32»⟧
CRITEO_PARTENAIRE = «digit5»

[g1_lufthansa_like_checkin]
AMADEUS_OFFICE = FRALH2«digit3»
AMADEUS_WSAP = 1ASIW«upper8»
AMADEUS_CRED = {"originator":"WS«upper6»","passwordData":"⟦«b64:«strong»»⟧","dutyCode":"SU","organization":"LH"}
SABRE_EPR = «digit6»
SABRE_V2_TOKEN = ⟦«b64:«b64:V1:«digit6»:DEVCENTER:EXT»:«b64:«alnum8»»»⟧
APIS_EDIFACT_UNG = PAXLST
BOARDING_PASS_SIG = ⟦«oneline:«ec»»⟧
IATA_NUM = «digit8»
HAZELCAST_CLUSTER_NAME = checkin
GATE_PIN_SPALTE = gate_pin_hash
MILES_PARTNERSCHLUESSEL = LH-«digit4»

[g1_ferrovie_orari_dotnet]
ConnectionStrings:Orari = Server=mysql-orari;Port=3306;Database=orari;Uid=orari_app;Pwd=⟦«pw»⟧;SslMode=Required
ConnectionStrings:Cache = cache-orari.redis.cache.windows.net:6380,password=⟦«b64_43»=⟧,ssl=True,abortConnect=False
ConnectionStrings:Locale = Data Source=orari.db;Cache=Shared
ConnectionStrings:Rabbit = amqp://guest:⟦guest⟧@rabbit-test:5672
Hangfire:DashboardUtente = ops
Viaggiatreno:Base = http://www.viaggiatreno.it/infomobilita
Identity:Password:RequireDigit = true
Identity:Password:RequiredLength = 10
Identity:Lockout:MaxFailedAccessAttempts = 5
Telemetria:ChiaveMetrica = orari.ritardo

[g1_renfe_avisos_twilio]
TWILIO_SID = «twiliosid»
TWILIO_TOK = <twilio-tok>
TWILIO_APIK = «twiliokey»
TWILIO_APIK_SEC = arn:aws:secretsmanager:eu-south-1:«digit12»:secret:twilio-apik-sec-«alnum6»
TWILIO_VERIFY = VA«hex32»
TELEGRAM_AVISOS = ⟦«telegram»⟧
TELEGRAM_CHAT = -100«digit10»
BREVO = ⟦xkeysib-«hex64»-«alnum16»⟧
PLANTILLA_CLAVE_TEMPORAL = d-«hex32»
CLAVE_PRIMARIA = tren_id
ESTADO_MSG = Token no válido o caducado

[g1_hermes_secrets_manager_refs]
DB_SECRET_ARN = arn:aws:secretsmanager:eu-central-1:«digit12»:secret:rds!cluster-«uuid»-«alnum6»
SSM_PASSWORT_PFAD = /prod/hermes/db/passwort
VAULT_ADDR = https://vault.corp.local:8200
VAULT_ROLE_ID = «uuid»
VAULT_SECRET_ID = ⟦«uuid»⟧
VAULT_SECRET_PATH_DB = database/creds/hermes-rw
KMS_KEY_ID = mrk-«hex32»
DOPPLER_CONFIG = prd
DOPPLER = ⟦dp.st.prd.«alnum43»⟧
INFISICAL_SECRET_NAME = STRIPE_SECRET_KEY
API_TOKEN_PLACEHOLDER = ${ssm:/hermes/token}
SIGNING_KEY_REF = awskms:///alias/hermes-sign

[g1_bnp_virement_mtls]
MTLS_CRT = «oneline:«cert»»
MTLS_CLE = ⟦«oneline:«rsa»»⟧
MTLS_AC = «oneline:«cert»»
PSD2_AUTH_NUM = PSDFR-ACPR-«digit5»
STET_CLIENT = PSDFR-ACPR-«digit5»-app
SCA_METHODE = REDIRECT
VIREMENT_CLE_IDEMPOTENTE = x-request-id
TRUELAYER_CID = virement-«hex6»
TRUELAYER_SEC = ⟦«uuid»⟧
BRIDGE_SECRET_V2 = akv:bridge-secret-v2
POWENS_DOMAINE = virement-prod

[g1_revolut_like_ledger]
MONGO_LEDGER = mongodb+srv://ledger_rw:⟦«alnum22»⟧@ledger-prod.«lower5».mongodb.net/ledger?retryWrites=true&w=majority
MONGO_KEYVAULT_NS = encryption.__keyVault
LEDGER_SHARD_KEY = accountId:hashed
PAGINATION_TOKEN_FIELD = nextPageToken
FRAUD_MODEL_SHA = sha256:«hex64»
SIFT_BEACON = «hex10»
ONFIDO_REGION = EU
ONFIDO_TOK_LIVE = ⟦api_live.«alnum11».«alnum32»⟧

[g1_edp_contador_leitura]
CASSANDRA_NOS = cass1.corp.local,cass2.corp.local
CASSANDRA_UTILIZADOR = leitura
CASSANDRA_SENHA = conjur:prod/clearing/cassandra-senha
CHAVE_PARTICAO = cpe
SENHA_INVALIDA_TEXTO = A senha introduzida é inválida
SIBS_TERMINAL = «digit6»
SIBS_BEARER = ⟦0276«hex60».«hex80»⟧
SIBS_CLIENTE = «uuid»
IFTHENPAY_BACKOFFICE = ⟦«digit4»-«digit4»-«digit4»-«digit4»⟧
AT_NIF = 5«digit8»
AT_SUBUTILIZADOR_PW = 5«digit8»/37=⟦«strong»⟧

[g1_allegro_erp_most]
ALLEGRO_CLIENT_ID = «hex32»
PRZELEWY24_POS = «digit6»
PRZELEWY24_CRC = ⟦«hex16»⟧
BLIK_KOD_DLUGOSC = 6
KSEF_NIP = «digit10»
SUBIEKT_ODBC = DRIVER={ODBC Driver 18 for SQL Server};SERVER=insert\SUBIEKT;DATABASE=Firma;UID=sa;PWD=⟦«pw»⟧
SUBIEKT_KLUCZ_TOWARU = tw_Symbol
ZMIEN_HASLO_URL = https://most.example.pl/zmien-haslo

[g1_ceska_posta_baliky]
NADRAZENA_DB = Server=pg-baliky;Port=5432;Database=baliky;User Id=baliky;Password=⟦«alnum17»⟧;Pooling=true
CP_ID_CLK = cct_«digit5»
CP_API = ⟦?«uuid»⟧
HESLO_MIN = 9
GOPAY_GOID = «digit10»
GOPAY_KLIENT = «digit10»:⟦«alnum8»⟧
KLIC_RAZENI = podaci_cislo
ZASILKOVNA_WIDGET = «hex16»

[g1_otp_bank_szamla]
NAV_ONLINE = {"login":"«lower15»","jelszo":"⟦«person»⟧","alairokulcs":"⟦«hex2»-«hex4»-«hex24»⟧","cserekulcs":"⟦«upper16»⟧","adoszam":"«digit8»"}
JELSZO_HOSSZ = 12
BARION_POS = ⟦«hex32»⟧
BARION_PIXEL = BP-«alnum10»-«digit2»
SIMPLEPAY_KERESKEDO = PUBLICTESTHUF
KULCSSZAVAK = számla,díjbekérő
DB_TITOK = ⟦«pw»⟧
HIBA_TOKEN = Érvénytelen token
TERMINAL_KULCS_VERZIO = 4

[g1_romania_curier_fan]
FAN_CLIENT = «digit7»
FAN_UTILIZATOR = magazin
FAN_PAROLA = ⟦«pw»⟧
PAROLA_UITATA_LINK = https://magazin.example.ro/parola-uitata
NETOPIA_SIGNATURE = «upper4»-«upper4»-«upper4»-«upper4»-«upper4»
CHEIE_CAUTARE = cod_produs
EMAG_BASIC = ⟦«b64:shop@example.ro:«strong»»⟧
CUI = RO«digit8»

[g1_viva_eurobank_gr]
VIVA_MERCHANT = «uuid»
VIVA_APIKEY = ⟦«alnum30»⟧
VIVA_SMART_CLIENT = «alnum44».apps.vivapayments.com
CARDLINK_MID = «digit10»
CARDLINK_DIGEST_KEY = ⟦«alnum24»⟧
MYDATA_AADE_USER = mydatauser
KODIKOS_PROIONTOS = sku
ETAIREIA_AFM = «digit9»

[g1_nordea_netaxept_no]
VIPPS_CLIENT = «uuid»
VIPPS_SECRET_B = <da compilare>
VIPPS_MSN = «digit6»
NETS_EASY = ⟦live-secret-key-«hex32»⟧
NETS_EASY_CHECKOUT = live-checkout-key-«hex32»
ALTINN_SYSTEMID = «digit6»
ALTINN_PASSORD = ⟦«pw»⟧
ALTINN_PASSORD_UTLOPT = Passordet har utløpt
MASKINPORTEN_KEYSTORE = {{resolve:secretsmanager:maskinporten-keystore:SecretString:password}}
MASKINPORTEN_ALIAS = virksomhet-2024
BRING_UID = logistikk@example.no

[g1_kela_suomi_kanta]
SALASANA = ⟦«pw»⟧
SALASANA_VANHENEE_PV = 180
KANTA_OID = 1.2.246.10.«digit8».10.0
SUOMIFI_ENTITY = https://palvelu.example.fi/sp
PAYTRAIL_ID = «digit6»
POSTI_AVAIN = ⟦«b64:«digit6»:«alnum18»»⟧
AVAINSANAT = kela,korvaus,resepti
VISMA_SIGN_HMAC = sha512
AVAIN_VERSIO = 7

[g1_versicherung_spring_boot]
SERVER_SSL_KEY_STORE = classpath:keystore.p12
SERVER_SSL_KEY_STORE_PASSWORD = ⟦«pw»⟧
SERVER_SSL_KEY_ALIAS = police
SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_KEYCLOAK_CLIENT_SECRET = @Microsoft.KeyVault(VaultName=kv-tarif-p;SecretName=spring-security-oauth2-client-registration-keycloak-client-secret)
SPRING_SECURITY_OAUTH2_CLIENT_PROVIDER_KEYCLOAK_TOKEN_URI = https://kc.corp.local/realms/police/protocol/openid-connect/token
SPRING_RABBITMQ_TEMPLATE_ROUTING_KEY = police.neu
SPRING_MAIL_PROPERTIES_MAIL_SMTP_AUTH = true
SPRING_CLOUD_CONFIG_PASSWORD = {cipher}«hex96»
ENCRYPT_KEY = ⟦«alnum32»⟧
JASYPT_ENCRYPTOR_PASSWORD = <in te vullen>
JASYPT_ENCRYPTOR_ALGORITHM = PBEWITHHMACSHA512ANDAES_256
MANAGEMENT_ENDPOINT_ENV_KEYS_TO_SANITIZE = password,secret,key,token

[g1_baumarkt_lager_nodejs]
MSSQL_SERVER = lager-sql\PROD
MSSQL_OPTS = {"user":"lager","password":"⟦«strong»⟧","options":{"trustServerCertificate":true,"instanceName":"PROD"}}
KASSEN_PINS = ⟦«digit4»⟧,⟦«digit4»⟧,⟦«digit4»⟧
PIN_EINGABE_TIMEOUT = 20
LAGERPLATZ_SCHLUESSEL = {halle}-{gang}-{fach}
ZUGANGSCODE_HOCHREGAL = ⟦«digit5»#⟧
SLACK_CHANNEL = #lager-alarm
NPM_CONFIG_REGISTRY = https://npm.pkg.github.com
BROTHER_DRUCKER_SNMP = ⟦?public⟧

[g1_kreditkarte_3ds_acs]
ACS_DS_ROOT = «oneline:«cert»»
HSM_LMK_INDEX = 03
HSM_ZPK = ⟦?U«HEX32»⟧
HSM_PARTITION_PW = ⟦«strong»⟧
PVV_KEY_INDEX = 1
CVK_KCV = «HEX6»
EMV_TAGS = 9F26,9F27,9F10,9F37
PKCS11_MODULE = /opt/cloudhsm/lib/libcloudhsm_pkcs11.so
PKCS11_ANMELDUNG = cu_acs:⟦«alnum12»⟧
TOKEN_BIN_RANGE = 489537-489539
CAVV_ALGO = CVV-ATN
KEK_COMPONENTS_HELD_BY = security-officer-1,security-officer-2

[g1_jira_confluence_sync]
ATLASSIAN_MAIL = bot@example.de
ATLASSIAN_TOK = ⟦ATATT3x«url180»⟧
JIRA_PROJECT_KEY = ABR
JIRA_ISSUE_KEYS = ABR-1204,ABR-1377
CONFLUENCE_SPACE = ~svc
JIRA_WEBHOOK_ID = «digit4»
BITBUCKET_APPPW = ⟦ATBB«alnum32»⟧
STATUSPAGE_PAGE = «lower12»
STATUSPAGE_OAUTH = OAuth ⟦«uuid»⟧
SYNC_CURSOR = «b64_40»

[g1_monitoring_pagerkette]
PD_DEDUP_KEY = alarm-{service}
SENTRY = ⟦?«sentrydsn»⟧
SENTRY_AUTH = ⟦sntrys_«b64_80»_«b64_43»⟧
SENTRY_RELEASE = abr@«hex40»
GRAFANA_DASH_UID = «alnum9»
DYNATRACE_ENV = abc«digit5»
DYNATRACE = ⟦dt0c01.«upper24».«upper64»⟧
DEADMAN = ⟦https://hc-ping.com/«uuid»⟧

[g1_keycloak_admin_job]
KC_URL = https://sso.example.at/auth
KC_REALM = buerger
KC_ADMIN = admin
KC_ADMIN_PW = ⟦admin⟧
KC_PUBLIC_CLIENT = buerger-spa
KC_KONF_CLIENT_GEHEIM = ⟦«uuid»⟧
KC_PASSWORD_POLICY = length(12) and digits(1) and notUsername
KC_REALM_PUBKEY = MIIBIjAN«b64_100»
KC_OTP_ISSUER = Buergerkonto
KC_DB_PASSWD = <buraya yazın>
ID_AUSTRIA_ENTITY = https://eid.egiz.gv.at/idp
KC_SPI_TRUSTSTORE = file

[g1_okta_scim_belgium]
OKTA_ORG = https://werk.okta-emea.com
OKTA_SSWS = SSWS ⟦00«url40»⟧
OKTA_CLIENT_ID = 0oa«alnum17»
OKTA_DPOP_JWK_KID = «url43»
SCIM_BASISPAD = /scim/v2
SCIM_PWD_SYNC = false
AUTH0_DOM = werk.eu.auth0.com
AUTH0_M2M = {"client_id":"«alnum32»","client_secret":"⟦«url64»⟧","audience":"https://werk.eu.auth0.com/api/v2/"}
ONELOGIN_SUBDOM = werk-be
BREAKGLASS_WW = ⟦«strong»-«word»⟧

[g1_mail_marketing_fr]
MAILJET_PUBLIQUE = ⟦?«hex32»⟧
SG_MARKETING = ⟦«sendgrid»⟧
MANDRILL = ⟦md-«alnum22»⟧
MC_FR = ⟦«mailchimp»⟧
MC_LISTE = «hex10»
DKIM_SELECTEUR = s1
DKIM_PUBLIQUE = v=DKIM1; k=rsa; p=MIGfMA0GCSqG«b64_100»
MODELE_MDP_OUBLIE = mdp-oublie-v3

[g1_search_elastic_tr]
ARAMA_BULUT = trendshop:«b64_88»
ARAMA_APIKEY = ⟦«b64:«url20»:«url22»»⟧
ARAMA_ANAHTAR_ALAN = urun_kodu
OPENSEARCH_KUL = arama
SOLR_ZK = zk1:2181,zk2:2181/solr
SOLR_AUTH_JSON = {"credentials":{"solr":"⟦?«b64_43»= «b64_43»=⟧"},"blockUnknown":true}
TYPESENSE_YALNIZ_ARAMA = «alnum32»
ESANLAMLI_DOSYA = sozluk/esanlamli_tr.txt
PINECONE_2 = ⟦pcsk_«alnum6»_«alnum63»⟧
TRENDYOL_SATICI = «digit6»

[g1_logistik_tms_sqlhosts]
INFORMIX = jdbc:informix-sqli://ifx.corp.local:9088/tms:INFORMIXSERVER=ol_tms;user=tms;password=⟦«alnum8»⟧
DB2_DSN = DATABASE=TMSDB;HOSTNAME=db2.corp.local;PORT=50000;PROTOCOL=TCPIP;UID=tmsapp;PWD=⟦«pw»⟧;
SYBASE_PW = none
HANA_HDBUSERSTORE_KEY = TMSKEY
TERADATA_LOGMECH = LDAP
TERADATA_LOGON = dbc.corp.local/tms_etl,⟦«alnum14»⟧
INTERBASE_ROLE = RDB$ADMIN
TIMOCOM_USR = ws-«digit6»
TIMOCOM_GEHEIMNIS = %TIMOCOM_GEHEIMNIS%
TELEMATIK_FZG_SCHLUESSEL = VIN
MAUT_OBU_PIN_LAENGE = 4

[g1_zoll_atlas_meldung]
ATLAS_EORI = DE«digit7»
ATLAS_NL_NR = 0000
X400_PASSWORT = azkv://kv-tarif/x400-passwort
X400_ADRESSE = C=DE;A=VIAT;P=ZOLL;S=ATLAS
FTAM_INITIATOR = «alnum8»
OFTP2_SSID = O0013000«digit6»
OFTP2_SFID_PWD = ⟦«upper8»⟧
OFTP2_PEER_PWD = ⟦«upper8»⟧
WARENTARIFNUMMERN = 85171300,84713000
MRN_MUSTER = [0-9]{2}[A-Z]{2}[A-Z0-9]{14}
RAND_SCHLUESSEL_TAB = I0100,C0012

[g1_hafen_crane_iot_azure]
IoTHub__Service = HostName=iot-hafen.azure-devices.net;SharedAccessKeyName=service;SharedAccessKey=⟦«b64_43»=⟧
IoTHub__DeviceId = kran-07
IoTHub__DpsScope = 0ne00«upper6»
Notification__Hub = hafen-push
Notification__Full = Endpoint=sb://nh-hafen.servicebus.windows.net/;SharedAccessKeyName=DefaultFullSharedAccessSignature;SharedAccessKey=⟦«b64_43»=⟧
OpcUa__Benutzer = scada_ro
OpcUa__Kennwort = managed-identity
OpcUa__SecurityPolicy = Basic256Sha256
EventGrid__TopicKey = unused since 2023
EventGrid__TopicEndpoint = https://eg-hafen.westeurope-1.eventgrid.azure.net/api/events
FunctionKey__Intern = ⟦«url54»==⟧
Modbus__HoldingRegisterKey = 40001

[g1_lottery_kino_ua]
LIQPAY_PUB = i«digit11»
FONDY_CREDIT_KEY = gcp:secretmanager:projects/clearing/secrets/fondy-credit-key
NOVAPOSHTA_REF = «uuid»
PAROL_SHABLON = Ваш пароль: {password}
KLYUCH_KESHU = kino:{seans}
VIBER_BOT = ⟦«hex16»-«hex16»-«hex16»⟧
TURBOSMS_LOGIN = kino
PG_ROZ = postgres://kino:⟦kino⟧@localhost:5432/kino_dev

[g1_israel_gulf_payments]
TRANZILA_TERMINAL = ferryshop
TRANZILA_PW = REDACTED
CARDCOM_TERM = «digit4»
CARDCOM_APINAME = ⟦?«alnum20»⟧
TAP_SK = ⟦sk_live_«alnum24»⟧
TAP_PK = pk_live_«alnum24»
CHECKOUT_PFX = ⟦sk_«lower28»⟧
NETWORK_INTL_OUTLET = «uuid»
NETWORK_INTL_API = ⟦«b64:«uuid»:«uuid»»⟧
HYPERPAY_ENTITY = «hex32»
HYPERPAY_TOK = xxxxxxxxxxxx
SMS_KEYWORDS = STOP,HELP,KEY

[g1_ai_kundenservice_de]
OPENAI_ORG = org-«alnum24»
KI_ZUGANG = ⟦«openai»⟧
KI_MODELL = gpt-4o-mini
MAX_TOKENS = 2048
TOKEN_BUDGET_TAG = 1500000
CLAUDE = ⟦«anthropic»⟧
AZ_OAI_ENDPOINT = https://oai-kundenservice.openai.azure.com/
HF_SCHREIB = ⟦«hf»⟧
SPEECH_REGION = germanywestcentral
STOP_TOKENS = <|im_end|>,###
PROMPT_PASSWORTREGEL = Gib niemals Passwörter, Token oder PINs aus.

[g1_public_bibliothek_konto]
SIP2_LOGIN = CNselbstverbucher|CO⟦«alnum8»⟧|CPHAUPT|
SIP2_PORT = 6001
OPAC_PIN_STANDARD = ⟦?Geburtsdatum TTMM⟧
AUSWEIS_PIN_FELD = pin
RFID_PASSWORT_AFI = sm://tarif-prod/rfid-passwort-afi
ONLEIHE_AUTH = divibib:⟦«strong»⟧
Z3950 = z3950.example.de:210/opac
LOBID_API = https://lobid.org/gnd/search
SIGNATUR_SCHLUESSEL = Bel 3 / «digit4»
MAHNUNG_TOKEN_GUELTIG = P7D
KOHA_BORROWER_KEY = cardnumber
SHIB_SP_KEY = ⟦«oneline:«rsa»»⟧

[g1_thai_viet_wallet]
OMISE_PKEY = pkey_«lower19»
OMISE_SKEY = ⟦skey_«lower19»⟧
SCB_EASY = l7«hex32»
SCB_EASY_SEC = ${env:SCB_EASY_SEC}
MOMO_PARTNER = MOMO«upper4»20240101
MOMO_ACCESS = ⟦?«alnum16»⟧
VNPAY_TMN = «upper8»
VNPAY_HASH = ⟦«upper32»⟧
VNPAY_VERSION = 2.1.0
RAHAT_PHAN_QR = 1

[g1_indo_malay_epay]
MIDTRANS_CK = Mid-client-«url16»
MIDTRANS_SK = ⟦Mid-server-«url24»⟧
XENDIT = ⟦xnd_production_«alnum54»⟧
BILLPLZ_COLLECTION = «lower8»
BILLPLZ_XSIG = ⟦S-«url22»⟧
KATA_KUNCI = promo,diskon,ongkir
KUNCI_UTAMA = id_pesanan
JNE_AKUN = TESTAPI
LUPA_SANDI_PATH = /akun/lupa-sandi

[g1_luxembourg_fonds_nav]
BLOOMBERG_DL = {"user":"dl«digit6»","pass":"⟦«alnum8»⟧","host":"sftp.bloomberg.com","desKey":"⟦«alnum8»⟧"}
REFINITIV_APPKEY = ⟦?«hex40»⟧
REFINITIV_MACHINE = GE-A-«digit8»-3-«digit5»
REFINITIV_MACHINE_PW = ${REFINITIV_MACHINE_PW_PROD}
ISIN_PRIMARY = LU«digit10»
CSSF_SEAL_ALIAS = navseal
LUXTRUST_OTP_DIGITS = 6
FIX_49 = NAVLUX
FIX_554 = ⟦«alnum10»⟧
FIX_HEARTBT = 30
LEI = 2221«upper14»«digit2»

[g2_llm_gateway_router]
LLM = ⟦«openai»⟧
LLM_FALLBACK = ⟦«anthropic»⟧
LLM_PRIMARY_MODEL = gpt-4o-mini-2024-07-18
LLM_FALLBACK_MODEL = claude-3-5-sonnet-20241022
OPENAI_ORG_ID = org-«alnum24»
OPENAI_PROJECT = proj_«alnum24»
OPENAI_BASE_URL = https://gateway.ai.cloudflare.com/v1/«hex32»/prod/openai
MAX_TOKENS = 4096
TOKENIZER = cl100k_base
PROMPT_SHA = «hex64»
SYSTEM_PROMPT_ID = pmpt_«hex48»
AWS_LAMBDA_EXEC_WRAPPER = /opt/bootstrap

[g2_rag_indexer]
PINECONE_API_KEY = ⟦pcsk_«alnum6»_«alnum63»⟧
PINECONE_HOST = https://kb-prod-«lower7».svc.aped-4627-b74a.pinecone.io
PINECONE_NAMESPACE = tenant-«uuid»
EMBED = ⟦pa-«url43»⟧
EMBED_MODEL = voyage-3-large
EMBED_DIMS = 1024
RERANK_SVC = {"provider":"cohere","model":"rerank-v3.5","auth":"⟦«alnum40»⟧"}
CHUNK_TOKENS = 512
SPLIT_REGEX = (?<=[.!?])\s+(?=[A-Z])
CHECKPOINT_KEY = idx/checkpoints/«uuid».json
CORPUS_ETAG = "«hex32»-14"

[g2_chat_completion_proxy]
GROQ_API_KEY = ⟦gsk_«alnum52»⟧
UPSTREAM_AUTH = Bearer ⟦sk-or-v1-«hex64»⟧
UPSTREAM = https://openrouter.ai/api/v1/chat/completions
HTTP_REFERER = https://«word»chat.app
X_TITLE = «word» chat
ALLOWED_MODELS = meta-llama/llama-3.3-70b-instruct,mistralai/mistral-small-24b-instruct-2501
RATE_LIMIT_KEY = rl:{user}:{minute}
RATE_LIMIT_REDIS_PREFIX = rl_v3
JWT_JWKS_URL = https://«word»-«word».us.auth0.com/.well-known/jwks.json
JWT_AUDIENCE = https://api.«word»chat.app
STREAM_TOKEN_DELAY_MS = 12

[g2_speech_pipeline]
DEEPGRAM = ⟦«hex40»⟧
ASSEMBLY_WEBHOOK_HEADER_NAME = X-Assembly-Secret
ASSEMBLY_WEBHOOK_HEADER_VALUE = ⟦«alnum28»⟧
VOICE_ID = 21m00Tcm4TlvDq8ikWAM
ELEVEN_KEY = arn:aws:ssm:us-east-1:«digit12»:parameter/voice/eleven
ELEVEN_MODEL = eleven_turbo_v2_5
TRANSCRIPT_BUCKET = «word»-transcripts-us-east-1
TRANSCRIPT_KMS_KEY = arn:aws:kms:us-east-1:«digit12»:key/«uuid»
DIARIZE = true
LAST_CURSOR = «b64:{"after":"«hex24»","n":250}»
PASSWORD_PROTECTED_MEETINGS = skip

[g2_image_gen_worker]
REPLICATE_API_TOKEN = ⟦r8_«alnum37»⟧
REPLICATE_MODEL_VERSION = «hex64»
FAL_KEY = ⟦«uuid»:«hex32»⟧
STABILITY_ENGINE = stable-diffusion-xl-1024-v1-0
NSFW_THRESHOLD = 0.82
OUTPUT_CDN = https://cdn.«word».art/gen/
SEED_SALTED = false
IMAGE_DIGEST = sha256:«hex64»
LORA_URL = https://huggingface.co/«word»/lora-«word»/resolve/«hex40»/pytorch_lora_weights.safetensors
QUEUE = https://sqs.us-west-2.amazonaws.com/«digit12»/image-gen

[g2_model_registry_sync]
WANDB_API_KEY = ⟦«hex40»⟧
WANDB_ENTITY = «word»-labs
WANDB_RUN_ID = «lower8»
HF_TOKEN = ⟦«hf»⟧
HF_HUB_ENABLE_HF_TRANSFER = 1
MODEL_REV = «hex40»
MODEL_SHA256 = «hex64»
MLFLOW_TRACKING_USERNAME = svc-mlflow
MLFLOW_TRACKING_PASSWORD = ⟦«person»⟧
MLFLOW_TRACKING_URI = https://mlflow.«host»
SIGNING_PUBKEY = «oneline:«public»»
TOKENIZERS_PARALLELISM = false

[g2_agent_tools]
TAVILY_API_KEY = ⟦tvly-«alnum32»⟧
SERPER = ⟦«hex40»⟧
FIRECRAWL_API_URL = https://api.firecrawl.dev/v1
TOOL_KEYS = {"exa":"⟦«uuid»⟧","firecrawl":"⟦fc-«hex32»⟧","browserless":"⟦«uuid»⟧"}
TOOL_ALLOWLIST = web_search,scrape,calculator
TOOL_TIMEOUT_S = 25
AGENT_ID = asst_«alnum24»
THREAD_ID = thread_«alnum24»
VECTOR_STORE_ID = vs_«hex32»
LANGSMITH_TRACING = true
LANGSMITH_PROJECT = agent-tools-prod

[g2_llm_observability]
LANGFUSE_PUBLIC_KEY = pk-lf-«uuid»
LANGFUSE_SECRET_KEY = ⟦sk-lf-«uuid»⟧
LANGFUSE_HOST = https://us.cloud.langfuse.com
OTEL_EXPORTER_OTLP_HEADERS = Authorization=Basic ⟦«b64:pk-lf-«uuid»:sk-lf-«uuid»»⟧
OTEL_EXPORTER_OTLP_ENDPOINT = https://us.cloud.langfuse.com/api/public/otel
OTEL_SERVICE_NAME = prompt-evals
OTEL_RESOURCE_ATTRIBUTES = service.version=«hex7»,deployment.environment=production
EVAL_DATASET_ID = cm«lower23»
TRACEPARENT = 00-«hex32»-«hex16»-01
EVAL_CRON = cron(15 6 ? * MON-FRI *)
TOKEN_COST_TABLE = s3://«word»-config/token-costs/v«digit2».csv

[g2_vector_migrate]
SRC = https://«uuid».us-east4-0.gcp.cloud.qdrant.io:6333
SRC_CRED = ⟦«jwt»⟧
DST = https://in03-«hex15».serverless.gcp-us-west1.cloud.zilliz.com
DST_CRED = ⟦db_«hex16»:«strong»⟧
WEAVIATE_CLUSTER = «word»-«lower8».weaviate.network
WCS_ADMIN = $(WCS_ADMIN_KEY)
COLLECTION = docs_v4
POINT_ID_NAMESPACE = «uuid»
SCROLL_OFFSET = «uuid»
SHARD_KEY = tenant_id
PARTITION_KEY_FIELD = workspace
BATCH = 256

[g2_gpu_scaler]
RUNPOD_API_KEY = ⟦rpa_«upper40»«lower6»⟧
RUNPOD_ENDPOINT_ID = «lower14»
MODAL_TOKEN_ID = ak-«alnum22»
MODAL_TOKEN_SECRET = ⟦as-«alnum22»⟧
LAMBDA_LABS = ⟦secret_«word»_«hex32».«alnum32»⟧
SSH_PUB = ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64_43» ops@«word»
GPU_TYPE = NVIDIA H100 80GB HBM3
SCALE_RULE = queue_depth > 40
CONTAINER = ghcr.io/«word»/vllm@sha256:«hex64»
TEMPLATE_ID = «lower10»
DEADLINE = 2025-12-31T23:59:59Z

[g2_pdf_extract]
LLAMA_CLOUD_API_KEY = ⟦llx-«alnum48»⟧
UNSTRUCTURED_API_URL = https://api.unstructuredapp.io/general/v0/general
TEXTRACT_ROLE = arn:aws:iam::«digit12»:role/textract-sns-publish
TEXTRACT_JOB_TAG = «hex16»
PDF_OWNER_PW = ⟦«person»⟧
PDF_USER_PW_PARAM = /prod/pdf/user-password
ADOBE_CLIENT_ID = «hex32»
ADOBE_CLIENT_SECRET = <paste from developer console>
OCR_LANG = eng+spa
REDACT_PATTERN = \b\d{3}-\d{2}-\d{4}\b
OUTPUT_VERSION_ID = «url32»

[g2_ai_support_bot]
MISTRAL_API_KEY = ⟦«alnum32»⟧
INTERCOM = ⟦dG9rO«b64_54»=⟧
INTERCOM_APP_ID = «lower8»
INTERCOM_IDENTITY_HMAC = ⟦«url40»⟧
ZENDESK_SUBDOMAIN = «word»help
ZENDESK_USER = bot@«word».com/token
ZENDESK_TOKEN = ⟦«alnum40»⟧
MACRO_ID = «digit14»
HANDOFF_CHANNEL = C«upper10»
CONFIDENCE_FLOOR = 0.64
FORGOT_PASSWORD_ARTICLE = https://help.«word».com/hc/en-us/articles/«digit14»-reset-password

[g2_ticket_enrich]
FRESHDESK = https://⟦«alnum20»⟧:X@«word».freshdesk.com/api/v2
GORGIAS_BASIC = ⟦«b64:ops@shopsite.com:«hex64»»⟧
GORGIAS_DOMAIN = «word».gorgias.com
TAG_MAP = {"refund":"tag_«lower6»","bug":"tag_«lower6»"}
INBOX_ID = inb_«lower6»
KUSTOMER_ORG = «word»-us
SLA_MINUTES = 240
DEDUP_KEY = ticket_id#event_id
LAST_EVENT = evt_«alnum8»
BUILD = «hex7»

[g2_crm_sync_hourly]
HUBSPOT_PRIVATE_APP = ⟦pat-na1-«uuid»⟧
HUBSPOT_PORTAL_ID = «digit8»
SFDC_LOGIN_URL = https://login.salesforce.com
SFDC_USERNAME = integration@«word».com.prod
SFDC_PASSWORD = ⟦«strong»«alnum24»⟧
SFDC_CONSUMER_KEY = 3MVG9«alnum80»
SFDC_CONSUMER_SECRET = ${env:SFDC_CONSUMER_SECRET}
SFDC_INSTANCE_ID = 00D«alnum15»
FIELD_KEY_LEAD_SOURCE = «hex40»
SYNC_TOKEN_TABLE = crm-sync-tokens
UPSERT_KEY = External_Id__c
SCHEDULE = rate(1 hour)

[g2_sales_intel]
APOLLO = ⟦«url22»⟧
CLEARBIT_PK = pk_«hex32»
HUNTER_URL = https://api.hunter.io/v2/domain-search?domain=%s&api_key=⟦«hex40»⟧
GONG_ACCESS_KEY = «upper32»
GONG_ACCESS_KEY_SECRET = ⟦«jwt»⟧
ICP_SCORE_MODEL = xgb-«digit8»-v12
LINKEDIN_PARTNER_ID = «digit7»
OUTREACH_REDIRECT_URI = https://app.«word».io/oauth/callback
OUTREACH_CLIENT_ID = «url43»
ENRICH_TTL_DAYS = 30

[g2_email_dispatch]
SENDGRID_API_KEY = projects/«digit12»/secrets/sendgrid-api-key/versions/7
SENDGRID_TEMPLATE = d-«hex32»
SENDGRID_WEBHOOK_PUBKEY = MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE«b64_86»==
SENDGRID_SANDBOX = false
POSTMARK = POSTMARK_API_TEST
POSTMARK_STREAM = outbound
MSG_ID_DOMAIN = mail.«word».com
UNSUB_HMAC = ⟦«hex64»⟧
DKIM_SELECTOR = s1
DKIM_PUBLIC = v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB«b64_160»QIDAQAB
BOUNCE_TOPIC = arn:aws:sns:us-east-1:«digit12»:ses-bounces
FROM = no-reply@«word».com

[g2_mail_failover]
MAIL_PRIMARY = smtps://postmaster%40mg.«word».com:⟦«hex32»-«hex8»-«hex8»⟧@smtp.mailgun.org:465
MAIL_SECONDARY = smtp://apikey:⟦«sendgrid»⟧@smtp.sendgrid.net:587
MAILGUN_DOMAIN = mg.«word».com
RESEND = ⟦re_«alnum8»_«alnum24»⟧
SPARKPOST_SUBACCOUNT = «digit3»
DOMAIN_ID = «uuid»
RETRY_BACKOFF = 2,8,32
MAIL_TEMPLATE_COMMIT = «hex40»
MAIL_AUTH_MECHANISM = PLAIN

[g2_marketing_journeys]
KLAVIYO_PRIVATE = ⟦pk_«hex34»⟧
KLAVIYO_SITE_ID = «alnum6»
BRAZE_REST = ⟦«uuid»⟧
BRAZE_APP_ID = «uuid»
BRAZE_CLUSTER = https://rest.iad-05.braze.com
CIO_BASIC = Basic ⟦«b64:«hex20»:«hex20»»⟧
CIO_REGION = us
CAMPAIGN_API_ID = «uuid»
ITERABLE_PROJECT_ID = «digit5»
CANVAS_ENTRY = «hex24»
QUIET_HOURS = 21:00-08:00
SEGMENT_HASH = «hex32»

[g2_newsletter_drip]
MC = ⟦«mailchimp»⟧
MC_LIST = «hex10»
MC_SERVER_PREFIX = us14
MANDRILL = AQICAHh«b64_150»==
BREVO = ⟦xkeysib-«hex64»-«alnum16»⟧
CONVERTKIT_PUBLIC = «url22»
BEEHIIV_PUB = pub_«uuid»
DOUBLE_OPTIN = true
TOKEN_LINK_TTL = 86400
SEND_CRON = 0 0 14 * * 2
UTM = utm_source=drip&utm_medium=email&utm_id=«hex12»

[g2_sms_otp]
TWILIO_ACCOUNT_SID = «twiliosid»
TWILIO_AUTH_TOKEN = ⟦«hex32»⟧
TWILIO_VERIFY_SERVICE = VA«hex32»
TWILIO_MESSAGING_SERVICE_SID = MG«hex32»
OTP_PEPPER = ⟦«b64_43»=⟧
OTP_LENGTH = 6
OTP_TTL = 300
OTP_PASSWORD_FALLBACK = disabled
OTP_TABLE = arn:aws:dynamodb:us-east-2:«digit12»:table/otp-challenges
OTP_PARTITION_KEY = phone_e164
OTP_TEMPLATE = Your code is {code}. Never share it.
FROM_NUMBER = +1415555«digit4»

[g2_voice_ivr]
VONAGE_KEY = «hex8»
VONAGE_SECRET = ⟦«alnum16»⟧
VONAGE_APPLICATION_ID = «uuid»
VONAGE_APP_PEM = file:///var/task/private.key
TELNYX_PUBLIC_KEY = «b64_43»=
PLIVO_AUTH_ID = MA«upper18»
BXML_PATH = /ivr/menu/v7
IVR_PIN_PROMPT = Please enter your four digit PIN
SIP_TRUNK = sip:trunk@«word».pstn.twilio.com
RECORDING_SID = RE«hex32»

[g2_slack_ops_bot]
SLACK_BOT_TOKEN = ⟦«slackbot»⟧
SLACK_SIGNING_SECRET = ⟦«hex32»⟧
SLACK_APP_ID = A0«upper9»
SLACK_CLIENT_ID = «digit12».«digit13»
SLACK_TEAM = T0«upper9»
SLACK_APP_LEVEL = xapp-REPLACE-ME
HOME_VIEW_HASH = «digit10».«alnum8»
ADMINS = U0«upper9»,U0«upper9»
SLASH = /deploy
SCOPES = chat:write,commands,users:read.email
BOLT_STATE_STORE = dynamodb://slack-installs

[g2_alert_fanout]
HOOK = ⟦«slackhook»⟧
HOOK_DOC = https://api.slack.com/messaging/webhooks
TEAMS = ⟦https://«word».webhook.office.com/webhookb2/«uuid»@«uuid»/IncomingWebhook/«hex32»/«uuid»⟧
PD_SERVICE_ID = P«upper6»
OPSGENIE = GenieKey ⟦«uuid»⟧
STATUSPAGE_ID = «lower12»
SEVERITY_REGEX = ^(sev[123]|P[0-2])$
ALERT_DEDUP_KEY = {alarm}:{region}
RUNBOOK = https://«word».atlassian.net/wiki/spaces/OPS/pages/«digit10»

[g2_chatops_discord]
DISCORD_PUBLIC_KEY = «hex64»
DISCORD_APPLICATION_ID = «digit19»
DISCORD_TOKEN = ⟦MT«alnum24».G«alnum5».«url38»⟧
GUILD = «digit18»
TG = ⟦«telegram»⟧
TG_CHAT = -100«digit10»
COMMAND_SYNC_HASH = «hex40»
ROLE_ON_JOIN = «digit18»
INVITE = https://discord.gg/«alnum8»
LOG_LEVEL = info

[g2_telemetry_forwarder]
DD_API_KEY = ⟦«hex32»⟧
DD_CLIENT_TOKEN = pub«hex32»
DD_RUM_APP_ID = «uuid»
DD_SITE = us5.datadoghq.com
DD_API_KEY_SECRET_ARN = arn:aws:secretsmanager:us-east-1:«digit12»:secret:dd-api-key-«alnum6»
DD_GIT_COMMIT_SHA = «hex40»
DD_TAGS = team:platform,git.commit.sha:«hex40»
DD_FLUSH_TO_LOG = true
DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP = (?i)(token|secret|passw(or)?d)=[^&]+
AWS_LAMBDA_LOG_GROUP_NAME = /aws/lambda/telemetry-forwarder

[g2_nr_extension]
NEW_RELIC_LICENSE_KEY = ⟦«hex36»NRAL⟧
NEW_RELIC_BROWSER = NRJS-«hex19»
NEW_RELIC_ACCOUNT_ID = «digit7»
NEW_RELIC_TRUSTED_ACCOUNT_KEY = «digit7»
NEW_RELIC_LAMBDA_HANDLER = app.handler
NR_ENTITY_GUID = «b64_40»
NEW_RELIC_EXTENSION_SEND_FUNCTION_LOGS = true
NEW_RELIC_APM_LAMBDA_MODE = 0
LAYER = arn:aws:lambda:us-east-1:451483290750:layer:NewRelicPython312:«digit2»

[g2_error_sink]
SENTRY_DSN = https://⟦?«hex32»⟧@o«digit6».ingest.us.sentry.io/«digit16»
SENTRY_AUTH = ***redacted***
SENTRY_RELEASE = api@«hex12»
SENTRY_ENVIRONMENT = production
ROLLBAR_SERVER = ⟦«hex32»⟧
ROLLBAR_CODE_VERSION = «hex40»
SOURCEMAP_UPLOAD_URL = https://sentry.io/api/0/organizations/«word»/chunk-upload/
SCRUB_FIELDS = password,passwd,secret,api_key,authorization,cookie
SAMPLE_RATE = 0.25

[g2_log_router]
SPLUNK_HEC = https://http-inputs-«word».splunkcloud.com/services/collector
SUMO = ⟦https://endpoint4.collection.sumologic.com/receiver/v1/http/«url88»==⟧
LOGGLY_URL = https://logs-01.loggly.com/inputs/⟦«uuid»⟧/tag/lambda/
AXIOM = ⟦xaat-«uuid»⟧
AXIOM_DATASET = prod-edge
LOGTAIL_SOURCE_ID = «digit6»
KINESIS = arn:aws:kinesis:us-east-1:«digit12»:stream/logs
PARTITION_KEY = $.requestId
SEQUENCE_NUMBER = 4959«digit52»
MASK = ****

[g2_honeycomb_otel]
HONEYCOMB_API_KEY = ⟦hcaik_01«lower56»⟧
HONEYCOMB_KEY_ID = hcxik_01«lower24»
HONEYCOMB_DATASET = edge-functions
GRAFANA_OTLP_TOKEN = ⟦glc_eyJ«b64_120»=⟧
GRAFANA_INSTANCE = «digit6»
GRAFANA_SA = ⟦glsa_«alnum32»_«hex8»⟧
GRAFANA_DASHBOARD_UID = «url14»
OTEL_PROPAGATORS = tracecontext,baggage,xray
OTEL_TRACES_SAMPLER_ARG = 0.1
SPAN_ID = «hex16»

[g2_flags_relay]
LD_SDK = @Microsoft.KeyVault(VaultName=«word»-kv;SecretName=ld-sdk)
LD_CLIENT_SIDE_ID = «hex24»
LD_MOBILE = ⟦?mob-«uuid»⟧
STATSIG_SERVER = ⟦secret-«alnum43»⟧
STATSIG_CLIENT = client-«alnum43»
FLAG_PASSWORDLESS_LOGIN = enable-passwordless-login
FLAG_KEY = new-api-key-page
DEFAULT_VARIATION = control
FLAGSMITH_ENV = «alnum22»
RELAY = https://relay.«host»:8030
SNAPSHOT_ETAG = W/"«hex40»"

[g2_product_analytics_etl]
AMPLITUDE_API_KEY = ⟦?«hex32»⟧
MIXPANEL_PROJECT_TOKEN = ⟦?«hex32»⟧
MIXPANEL_SA = ⟦«b64:etl.«hex6».mp-service-account:«alnum32»»⟧
POSTHOG_PROJECT = phc_«alnum43»
POSTHOG_PERSONAL = ⟦phx_«alnum43»⟧
SEGMENT_WRITE = ⟦?«alnum32»⟧
SEGMENT_SOURCE = «alnum22»
EXPORT_FROM = 20250101T00
INSERT_ID = «uuid»
USER_KEY = distinct_id
EVENT_PASSWORD_RESET = Password Reset Requested

[g2_snowflake_loader]
SNOWFLAKE_ACCOUNT = «lower7»-«word»
SNOWFLAKE_USER = SVC_LOADER
SNOWFLAKE_PRIVATE_KEY = ⟦«oneline:«pkcs8»»⟧
SNOWFLAKE_PRIVATE_KEY_PASSPHRASE = vault:kv/data/snowflake#passphrase
SNOWFLAKE_RSA_PUBLIC_KEY_FP = SHA256:«b64_43»=
SNOWFLAKE_WAREHOUSE = LOAD_XS
SNOWFLAKE_STAGE = @RAW.PUBLIC.S3_STAGE
STORAGE_AWS_EXTERNAL_ID = «upper8»_SFCRole=2_«b64_26»=
QUERY_ID = 01b«hex5»-«hex4»-«hex4»-0000-«hex12»
PIPE_ARN = arn:aws:sqs:us-east-1:«digit12»:sf-snowpipe-AIDA«upper16»-«url22»
FILE_FORMAT = TYPE=PARQUET

[g2_databricks_trigger]
DATABRICKS_HOST = https://dbc-«hex8»-«hex4».cloud.databricks.com
DATABRICKS = ⟦dapi«hex32»⟧
DATABRICKS_CLIENT_ID = «uuid»
DATABRICKS_SP = ⟦dose«hex32»⟧
DATABRICKS_JOB_ID = «digit15»
CLUSTER_ID = «digit4»-«digit6»-«lower8»
NOTEBOOK = /Repos/etl/ingest@«hex8»
SECRET_SCOPE = prod-kv
SECRET_REF = {{secrets/prod-kv/warehouse-password}}
DELTA_VERSION = «digit4»
WIDGET_TOKEN_COLUMN = token_count

[g2_kafka_bridge]
BROKER = pkc-«lower5».us-east-1.aws.confluent.cloud:9092
BROKER_USER = «upper16»
BROKER_AUTH = ⟦«b64_64»⟧
JAAS = org.apache.kafka.common.security.plain.PlainLoginModule required username="«upper16»" password="⟦«b64_64»⟧";
SCHEMA_ID = 100«digit3»
GROUP_ID = bridge-«uuid»
MESSAGE_KEY = $.order.id
KEY_SERIALIZER = org.apache.kafka.common.serialization.StringSerializer
SASL_MECHANISM = PLAIN
TOPIC = prod.orders.v2
CLUSTER = lkc-«lower6»

[g2_warehouse_reverse_etl]
DSN = postgresql://etl_ro:⟦«enc:«pw»»⟧@«host»:5432/warehouse?sslmode=require
DSN_REPLICA = postgresql://etl_ro:${DB_PW}@replica.«host»/warehouse
FIVETRAN_KEY = ⟦?«alnum16»⟧
FIVETRAN_SECRET = ⟦«alnum32»⟧
FIVETRAN_CONNECTOR = «word»_«word»
DBT_CLOUD = ⟦dbtc_«url45»⟧
DBT_ACCOUNT_ID = «digit6»
DBT_TARGET = prod
SURROGATE_KEY_MACRO = dbt_utils.generate_surrogate_key
CENSUS_SYNC_URL = https://bearer:⟦secret-token:«url26»⟧@app.getcensus.com/api/v1/syncs/«digit6»/trigger
MANIFEST_MD5 = «hex32»
PRIMARY_KEYS = id,tenant_id

[g2_neon_branch_reaper]
NEON_API_KEY = ⟦napi_«lower64»⟧
NEON_PROJECT = «word»-«word»-«digit8»
DATABASE_URL = postgres://neondb_owner:⟦npg_«alnum12»⟧@ep-«word»-«word»-«lower8»-pooler.us-east-2.aws.neon.tech/neondb
DATABASE_URL_EXAMPLE = postgres://user:⟦?password⟧@localhost:5432/neondb
BRANCH_PREFIX = preview/pr-
ENDPOINT = ep-«word»-«word»-«lower8»
LSN = 0/«HEX7»
KEEP = main,staging
GITHUB_APP_ID = «digit6»
GITHUB_APP_PEM = s3://«word»-bootstrap/github-app.pem.enc
GITHUB_INSTALLATION = «digit8»

[g2_planetscale_backup]
DB = mysql://«lower20»:⟦pscale_pw_«url43»⟧@aws.connect.psdb.cloud/app?sslaccept=strict
PSCALE_SERVICE_TOKEN_ID = «lower12»
BACKUP_BUCKET = «word»-db-dumps
BACKUP_PREFIX = daily/«digit8»/
AGE_RECIPIENT = age1«lower58»
B2_KEY_ID = 005«hex22»
B2 = ⟦K005«b64_27»⟧
MANIFEST_SHA512 = «hex128»
RETENTION = 35
NOTIFY = arn:aws:sns:us-west-2:«digit12»:backups

[g2_supabase_edge]
SUPABASE_URL = https://«lower20».supabase.co
SUPABASE_ANON_KEY = ⟦?«jwt»⟧
SUPABASE_SERVICE_ROLE = doppler://prd/SUPABASE_SERVICE_ROLE
SB_PUBLISHABLE = sb_publishable_«url31»
SB_SECRET = ⟦sb_secret_«url31»⟧
SUPABASE_PAT = ⟦sbp_«hex40»⟧
SUPABASE_JWKS = https://«lower20».supabase.co/auth/v1/.well-known/jwks.json
PROJECT_REF = «lower20»
RLS_ROLE = authenticated
STORAGE_KEY = avatars/«uuid»/original.png
AUTH_COOKIE_NAME = sb-«lower20»-auth-token

[g2_mongo_change_stream]
MONGO = mongodb+srv://streamer:⟦«alnum16»⟧@cluster0.«lower5».mongodb.net/app?retryWrites=true&w=majority
MONGO_DB = app_prod
RESUME_TOKEN = {"_data":"82«HEX40»2B022C0100296E5A1004«HEX32»463C6F7065«HEX20»"}
ATLAS_PUBLIC = «lower8»
ATLAS_PRIVATE = ⟦«uuid»⟧
ATLAS_GROUP = «hex24»
CSFLE_LOCAL_MASTER = {"provider":"aws","key":"arn:aws:kms:us-east-1:«digit12»:key/mrk-«hex32»"}
CSFLE_KEY_VAULT_NS = encryption.__keyVault
CSFLE_DATA_KEY_ID = «b64_22»==
OBJECT_ID = «hex24»
SHARD_KEY_SPEC = {"tenant":1,"_id":"hashed"}

[g2_cache_warm]
UPSTASH_REDIS_REST_URL = https://us1-«word»-«word»-«digit5».upstash.io
UPSTASH_REDIS_REST_TOKEN = ⟦AZ«alnum2»AAIncDE«alnum44»⟧
QSTASH_CURRENT_SIGNING_KEY = ⟦sig_«alnum28»⟧
QSTASH_NEXT_SIGNING_KEY = null
CACHE_KEY = home:v«digit2»:{locale}
CACHE_BUSTER = «hex8»
SURROGATE_KEYS = product-«digit6» collection-«digit4»
MOMENTO_CACHE = prod-sessions
WARM_URLS = /,/pricing,/login,/reset-password
TTL = 900

[g2_edge_purge]
CF_API_TOKEN = ⟦«url40»⟧
CF_ZONE = «hex32»
CF_ACCOUNT = «hex32»
CF_GLOBAL = {"X-Auth-Email":"ops@«word».com","X-Auth-Key":"⟦«hex37»⟧"}
FASTLY_SERVICE_ID = «alnum22»
BUNNY = ⟦«uuid»«hex8»-«hex4»-«hex4»-«hex4»-«hex12»⟧
BUNNY_PULLZONE = «digit6»
TURNSTILE_SITEKEY = 0x4AAAAAAA«url14»
TURNSTILE = ⟦0x4AAAAAAA«url26»⟧
CF_RAY_SAMPLE = «hex16»-IAD
DEPLOY_HASH = «hex20»

[g2_akamai_signer]
EDGERC = {"client_token":"⟦?akab-«lower16»-«lower16»⟧","client_secret":"⟦«b64_43»=⟧","access_token":"⟦akab-«lower16»-«lower16»⟧","host":"akab-«lower16»-«lower16».luna.akamaiapis.net"}
EDGE_AUTH = ⟦«hex64»⟧
EDGE_TOKEN_NAME = __token__
EDGE_ACL = /vod/*
EDGE_WINDOW = 500
CPCODE = «digit7»
PROPERTY_VERSION = 114
EDGE_CONTRACT = ctr_M-«upper7»
ETAG = "«hex32»:«digit10».«digit6»"
SAMPLE_SIGNED_QS = exp=«digit10»~acl=/vod/*~hmac=<hmac>

[g2_cloudfront_cookies]
CF_KEY_PAIR_ID = K«upper13»
CF_PRIVATE = /opt/keys/cf_private.pem
CF_PUBLIC = «oneline:«public»»
CF_DISTRIBUTION = E«upper13»
COOKIE_SIGNER = ⟦«url64»⟧
COOKIE_NAME = __Host-sess
COOKIE_DOMAIN = .«word».tv
ORIGIN_VERIFY_HEADER = X-Origin-Verify: ⟦«uuid»⟧
POLICY_B64 = «b64:{"Statement":[{"Resource":"https://cdn.site.tv/*","Condition":{"DateLessThan":{"AWS:EpochTime":1767225600}}}]}»
OAC_ID = E«upper13»
WAF_ACL = arn:aws:wafv2:us-east-1:«digit12»:global/webacl/site/«uuid»

[g2_dns_failover]
NS1 = ⟦«alnum20»⟧
DNSIMPLE_ACCOUNT = «digit6»
GODADDY = sso-key «alnum12»_«alnum22»:⟦«alnum22»⟧
NAMECHEAP_URL = https://api.namecheap.com/xml.response?ApiUser=«word»&ApiKey=⟦«hex32»⟧&UserName=«word»&ClientIp=52.«digit2».«digit2».9
ZONE_FILE_SERIAL = 20250«digit5»
HOSTED_ZONE = Z0«upper19»
TSIG_NAME = xfer-key.
TSIG = hmac-sha256:xfer-key:⟦«b64_43»=⟧
DNSSEC_DS = «digit5» 13 2 «HEX64»
ACME_ACCOUNT_URL = https://acme-v02.api.letsencrypt.org/acme/acct/«digit9»
TXT_CHALLENGE = «url43»

[g2_media_transcode]
MUX_TOKEN_ID = «uuid»
MUX_TOKEN_SECRET = ⟦«b64_75»⟧
MUX_SIGNING_KEY_ID = «alnum44»
MUX_SIGNING_KEY = secretsmanager:mux/signing#b64
MUX_PLAYBACK_ID = «alnum46»
MUX_ENV_KEY = «lower25»
CLOUDINARY_URL = cloudinary://«digit15»:⟦«url27»⟧@«word»-media
IMAGEKIT_PUB = public_«b64_27»=
IMAGEKIT = ⟦private_«b64_27»=⟧
UPLOAD_PRESET = unsigned_«lower8»
DRM_CERT = «oneline:«cert»»
HLS_KEY_URI = https://keys.«word».tv/hls/«uuid»

[g2_video_rooms]
LIVEKIT_API_KEY = API«alnum12»
LIVEKIT_API_SECRET = ⟦«alnum43»⟧
LIVEKIT_URL = wss://«word»-«lower8».livekit.cloud
AGORA_APP_ID = «hex32»
AGORA_APP_CERTIFICATE = ⟦«hex32»⟧
ZOOM_ACCOUNT = «url22»
ZOOM_JOIN = https://us02web.zoom.us/j/«digit11»?pwd=⟦«alnum32».1⟧
ROOM_TOKEN_TTL = 2h
TURN_STATIC_AUTH = ⟦«hex64»⟧
TURN_URLS = turn:turn.«word».io:3478?transport=udp

[g2_podcast_publish]
TRANSISTOR = ⟦«url22»⟧
BUZZSPROUT_FEED = https://feeds.buzzsprout.com/«digit7».rss
BUZZSPROUT = Token token=⟦«hex32»⟧
PODCAST_INDEX_KEY = «upper20»
SPOTIFY_CLIENT_ID = «hex32»
SPOTIFY_SHOW = 4«alnum21»
EPISODE_GUID = «uuid»
PRIVATE_FEED = https://feeds.«word».fm/u/⟦«url32»⟧/rss.xml
ITUNES_ID = id«digit10»
AUTH_TAG = Authored by staff
CHAPTERS = json+chapters;version=1.2.0

[g2_push_notify]
FCM_SA = {"type":"service_account","project_id":"«word»-app","private_key_id":"«hex40»","private_key":"⟦«oneline:«pkcs8»»⟧","client_email":"fcm@«word»-app.iam.gserviceaccount.com","client_id":"«digit21»"}
FCM_SENDER_ID = «digit12»
FCM_LEGACY = removed-2024-06
FIREBASE_WEB = ⟦?«googlekey»⟧
APNS_P8 = {{resolve:secretsmanager:prod/apns:SecretString:p8}}
APNS_KID = «upper10»
APNS_TEAM = «upper10»
APNS_TOPIC = com.«word».app
ONESIGNAL_APP = «uuid»
ONESIGNAL = ⟦os_v2_app_«lower103»⟧
VAPID_PUBLIC = B«url86»
VAPID_PRIVATE = ⟦«url43»⟧
DEVICE_TOKEN_COLUMN = device_token

[g2_app_store_receipts]
ASC_ISSUER = «uuid»
ASC_KEY_ID = «upper10»
ASC_KEY = ⟦«oneline:«pkcs8»»⟧
PLAY_SA_B64 = ⟦«b64:{"type":"service_account","project_id":"pc-api-«digit19»","private_key_id":"«hex40»","private_key":"«json:«pkcs8»»","client_email":"play@pc-api.iam.gserviceaccount.com"}»⟧
PLAY_LICENSE_PUBKEY = MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA«b64_200»IDAQAB
REVENUECAT = ⟦sk_«alnum32»⟧
REVENUECAT_IOS = appl_«alnum28»
BUNDLE = com.«word».puzzle
TRANSACTION = 2000000«digit9»
PURCHASE_TOKEN_MIN_LEN = 140

[g2_game_backend]
PLAYFAB_TITLE = «HEX5»
PLAYFAB = ⟦«upper50»⟧
STEAM_WEB = ⟦«HEX32»⟧
STEAM_APPID = «digit7»
EOS_CLIENT_ID = xyza7891«alnum24»
EOS_DEPLOYMENT = «hex32»
NAKAMA_SERVER = ⟦?defaultkey⟧
NAKAMA_HTTP = ⟦«word»«digit4»⟧
MATCH_TICKET = «uuid»
GAME_KEY_SKU = STEAM-KEY-BUNDLE-3
LEADERBOARD_SORT_KEY = score#desc
ANTICHEAT_BUILD = «hex40»

[g2_game_telemetry]
GAMEANALYTICS_GAME = ⟦?«hex32»⟧
UNITY_SA = Basic ⟦«b64:«uuid»:«url32»»⟧
UNITY_PROJECT = «uuid»
XSOLLA_MERCHANT = «digit6»
XSOLLA = ⟦«alnum32»⟧
ROBLOX_UNIVERSE = «digit10»
ROBLOX_OPEN_CLOUD = ⟦«b64_48»«b64_400»==⟧
TWITCH_CLIENT = «lower30»
KEYBINDS = {"jump":"space","fire":"mouse0"}
SAVE_CRC = «hex8»

[g2_twitch_overlay]
TWITCH_EVENTSUB = {{ .Values.twitch.eventsub }}
TWITCH_IRC_PASS = oauth:⟦«lower30»⟧
TWITCH_BROADCASTER = «digit9»
STREAM_KEY = ⟦live_«digit9»_«alnum30»⟧
STREAMELEMENTS_CHANNEL = «hex24»
OVERLAY_ID = ov_«lower12»
EMOTE_SET = «digit9»
OBS_WS = obsws://10.0.4.17:4455/⟦«pw»⟧
CHAT_BAD_WORDS_RE = (?i)\b(foo|bar)\b

[g2_ads_google]
GADS_DEVELOPER_TOKEN = ⟦«url22»⟧
GADS_CLIENT_ID = «digit12»-«lower32».apps.googleusercontent.com
GADS_CLIENT_SECRET = !Ref GadsClientSecret
GADS_REFRESH = ⟦1//0«alnum1»«url100»⟧
GADS_LOGIN_CUSTOMER = «digit10»
GCLID_SAMPLE = Cj0KCQ«url84»
GTM = GTM-«upper7»
GA4_MEASUREMENT = G-«upper10»
CONVERSION_LABEL = AW-«digit9»/«url19»
KEYWORD = reset password software

[g2_ads_meta_capi]
PIXEL = «digit16»
CAPI = ⟦EAA«alnum180»ZD⟧
APP_ID = «digit16»
VERIFY = ⟦«word»-«word»-«digit4»⟧
TEST_EVENT_CODE = TEST«digit5»
FBCLID = IwAR«url58»
FBP = fb.1.«digit13».«digit10»
EM_HASH = «hex64»
EXTERNAL_ID = «uuid»
GRAPH_VERSION = v21.0

[g2_ads_attribution]
APPSFLYER_DEV = ⟦?«alnum22»⟧
APPSFLYER_V2 = ⟦«jwt»⟧
ADJUST_APP = «lower12»
BRANCH_LIVE = key_live_«alnum32»
KOCHAVA_GUID = ko«word»-ios-«lower6»
SKAN_VERSION = 4.0
SKAN_SIG = MEUCIQD«b64_88»==
POSTBACK_MACRO = {idfa}&click={click_id}&token={token}
LINK_DOMAIN = «word».app.link

[g2_ads_social_pull]
TIKTOK_ADS = ⟦«hex40»⟧
TIKTOK_ADVERTISER = 7«digit18»
REDDIT = {"id":"«url22»","secret":"⟦«url30»⟧","username":"«word»_ads","password":"⟦«person»⟧"}
PINTEREST_TOKEN_TYPE = bearer
X_BEARER = ⟦AAAAAAAAAAAAAAAAAAAAA«alnum10»AAAAAAA«alnum12»%3D«alnum50»⟧
X_CONSUMER_KEY = «alnum25»
SNAP_ORG = «uuid»
LI_URN = urn:li:sponsoredAccount:«digit9»
WINDOW = 7d_click,1d_view
CURRENCY = USD

[g2_programmatic_bidder]
TTD_PARTNER = «lower7»
TTD_AUTH = ⟦«alnum32»«b64_64»=⟧
PRICE_ENC_KEY = ⟦«url43»=⟧
DEAL = deal-«upper8»-«digit4»
SEAT = «digit5»
SAMPLE_ENC_PRICE = «url38»
SUPPLY_CHAIN = 1.0,1!exchange1.com,«digit4»,1
SELLERS_JSON = https://«word».com/sellers.json
ADS_TXT = google.com, pub-«digit16», DIRECT, f08c47fec0942fa0
GEO_KEYSPACE = h3:8

[g2_iot_ingest]
IOT_ENDPOINT = a«lower13»-ats.iot.us-east-1.amazonaws.com
IOT_POLICY_ARN = arn:aws:iot:us-east-1:«digit12»:policy/device
MQTT = mqtts://fleet:⟦«enc:«strong»»⟧@broker.«host»:8883
DEVICE_CERT = «oneline:«cert»»
DEVICE_KEY = /tmp/device.key
CERT_ID = «hex64»
THING = sensor-«hex12»
PARTICLE_PRODUCT = «digit5»
ROOT_CA = AmazonRootCA1.pem
SHADOW_VERSION = «digit4»
FW_CRC32 = 0x«HEX8»

[g2_iot_hub_azure]
IotHubConnectionString = HostName=«word»-hub.azure-devices.net;SharedAccessKeyName=service;SharedAccessKey=⟦«b64_43»=⟧
EventHubConn = Endpoint=sb://«word»-ns.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=⟦«b64_43»=⟧;EntityPath=telemetry
EventHubConn__fullyQualifiedNamespace = «word»-ns.servicebus.windows.net
AzureWebJobsStorage = DefaultEndpointsProtocol=https;AccountName=«word»st«digit3»;AccountKey=⟦«azurekey»⟧;EndpointSuffix=core.windows.net
DPS_ID_SCOPE = 0ne00«HEX6»
DPS_GROUP_KEY = https://«word»-kv.vault.azure.net/secrets/dps-group
FUNCTIONS_WORKER_RUNTIME = dotnet-isolated
WEBSITE_RUN_FROM_PACKAGE = 1
DeviceTwinEtag = AAAAAAAAAA«alnum1»=
ConsumerGroup = $Default
TWIN_KEYS = reported.firmware,desired.pollMs
APPINSIGHTS_INSTRUMENTATIONKEY = ⟦?«uuid»⟧

[g2_smart_home_skill]
TUYA_ACCESS_ID = «lower20»
ALEXA_SKILL = amzn1.ask.skill.«uuid»
ALEXA_CLIENT_ID = amzn1.application-oa2-client.«hex32»
ALEXA_CLIENT = ⟦amzn1.oa2-cs.v1.«hex64»⟧
NEST_PROJECT = «uuid»
ADAFRUIT_IO = ⟦aio_«alnum28»⟧
HUE_BRIDGE = https://192.168.4.20/api/⟦«url40»⟧/lights
WIFI_SSID = «word»-IoT
WIFI_PSK = ⟦«person»⟧
LOCK_DEFAULT_PIN = ⟦«digit6»⟧

[g2_geo_lookup]
MAPBOX_PUBLIC = pk.eyJ1Ijoi«alnum24»In0.«url22»
MAPBOX_STYLE = mapbox://styles/«word»/cl«lower23»
GEO = {"mapbox":"⟦sk.eyJ1Ijoi«alnum60»In0.«url22»⟧","here":"⟦«url43»⟧","tomtom":"⟦«alnum32»⟧"}
GMAPS_BROWSER = ⟦?«googlekey»⟧
WHAT3WORDS_SAMPLE = filled.count.soap
PLACE_ID = ChIJ«url23»
GEOHASH = 9q8yy«lower4»
MAXMIND_ACCOUNT = «digit6»
MMDB_SHA256 = «hex64»
TILE_KEY = {z}/{x}/{y}@2x

[g2_weather_alerts]
OWM = https://api.openweathermap.org/data/3.0/onecall?lat={lat}&lon={lon}&appid=⟦«hex32»⟧
TOMORROW_IO = ⟦«alnum32»⟧
NOAA_STATION = KSFO
NWS_UA = (myweather.«word».com, ops@«word».com)
GRIB_ETAG = "«hex32»-«digit2»"
LAST_MODIFIED = Tue, 04 Mar 2025 18:00:00 GMT
ALERT_CURSOR = «b64:cursor:«digit12»»
CAP_ID = urn:oid:2.49.0.1.840.0.«hex40».001.1
UNITS = imperial
POLL = rate(10 minutes)

[g2_shipping_labels]
CARRIERS = {"shippo":"⟦shippo_live_«hex40»⟧","easypost":"⟦EZAK«url54»⟧","shipengine":"⟦«b64_43»⟧"}
SHIPPO_CARRIER_ACCOUNT = «hex32»
EASYPOST_WEBHOOK_HMAC_HEADER = X-Hmac-Signature
LOB = ⟦live_«hex35»⟧
LOB_PUB = live_pub_«hex31»
TRACKING_SAMPLE = 1Z999AA10123456784
FEDEX_ACCOUNT = «digit9»
FEDEX_CLIENT_ID = l7«hex32»
USPS_CRID = «digit8»
RATE_CACHE_KEY = rates#{zip}#{oz}
LABEL_S3_VERSION = «url32»
INCOTERM = DAP

[g2_sales_tax]
TAXJAR_SANDBOX = ${TAXJAR_SANDBOX_TOKEN}
AVATAX = Authorization: Basic ⟦«b64:«digit10»:«HEX16»»⟧
AVATAX_COMPANY = DEFAULT
NEXUS = CA,NY,TX,WA
TAX_CODE = SW054000
EIN_FORMAT = ^\d{2}-\d{7}$
EXEMPT_CERT_ID = «digit8»
ANROK_WEBHOOK_PATH = /hooks/anrok
RULES_SHA = «hex40»

[g2_stripe_billing]
STRIPE_PUBLISHABLE = «stripepk»
STRIPE = ⟦«stripe»⟧
STRIPE_ENDPOINT_SIG = ⟦«stripehook»⟧
STRIPE_ACCOUNT = acct_1«alnum15»
STRIPE_PRICE_PRO = price_1«alnum23»
STRIPE_CUSTOMER_PORTAL = bpc_1«alnum23»
STRIPE_API_VERSION = 2024-11-20.acacia
IDEMPOTENCY_KEY_TEMPLATE = invoice-{id}-{attempt}
CLIENT_SECRET_FIELD = payment_intent.client_secret
PAYMENT_LINK = https://buy.stripe.com/«alnum18»
WEBHOOK_TOLERANCE = 300
SETUP_INTENT = seti_1«alnum23»

[g2_bank_ledger]
PLAID_CLIENT_ID = «hex24»
PLAID = ⟦«hex30»⟧
PLAID_ITEM = «alnum37»
PLAID_ACCESS_BY_TENANT = {"acme":"⟦access-production-«uuid»⟧","globex":"⟦access-production-«uuid»⟧"}
MERCURY = ⟦secret-token:mercury_production_wma_«alnum44»_yrucrem⟧
MODERN_TREASURY_ORG = «uuid»
UNIT_API = ⟦v2.public.«url172»⟧
ABA = 021000021
ACH_TRACE = «digit15»
COLUMN_ENTITY = enti_«alnum27»
LEDGER_HASH_PREV = «hex64»
ACCOUNT_TOKENIZED = tok_«alnum16»

[g2_card_issuing]
MARQETA_APP_BASIC = ⟦«b64:«uuid»:«uuid»»⟧
MARQETA_PROGRAM = «word»_credit
LITHIC = ⟦«uuid»⟧
CARD_TOKEN = «uuid»
CARD_PRODUCT = «alnum12»
PIN_BLOCK_ZPK = ⟦«HEX32»⟧
PIN_BLOCK_KCV = «HEX6»
PAN_REGEX = \b4[0-9]{12}(?:[0-9]{3})?\b
BIN = 4«digit5»
HSM_KEY_ALIAS = alias/zpk-prod
MCC_BLOCK = 7995,6051,4829
WEBHOOK_CERT_FINGERPRINT = SHA256:«b64_43»

[g2_spend_cards]
BREX = ⟦bxt_«alnum44»⟧
RAMP_CLIENT_ID = ramp_id_«alnum40»
RAMP_CLIENT = ⟦ramp_sec_«alnum40»⟧
RAMP_SCOPES = transactions:read,receipts:read
MERCHANT_KEY = descriptor_normalized
NEXT_PAGE = «url44»
GL_MAP = {"travel":"6400","software":"6120"}
RECEIPT_MAILBOX = receipts@«word».com
QBO_REALM = «digit16»
QBO_MINOR = 73

[g2_kyc_checks]
PERSONA_TEMPLATE = itmpl_«alnum24»
KYC = {"persona":"⟦persona_production_«uuid»⟧","onfido":"⟦api_live_us.«url11».«url32»⟧","alloy":{"workflow":"⟦«alnum32»⟧","wf_secret":"⟦«alnum32»⟧"}}
CHECKR_PACKAGE = tasker_standard
JUMIO_DATACENTER = us
INQUIRY = inq_«alnum24»
SSN_LAST4_COLUMN = ssn_last_four_hash
OFAC_LIST_MD5 = «hex32»
SDN_URL = https://www.treasury.gov/ofac/downloads/sdn.csv
PII_DATA_KEY_CIPHERTEXT = AQIDAHi«b64_180»==
RISK_BANDS = 0-30,31-70,71-100

[g2_esign_flow]
DOCUSIGN_INTEGRATION_KEY = «uuid»
DOCUSIGN_USER = «uuid»
DOCUSIGN_RSA = gs://«word»-keys/docusign.pem
DOCUSIGN_AUD = account.docusign.com
DOCUSIGN_CONNECT_HMAC_1 = ⟦«b64_43»=⟧
DROPBOX_SIGN = ⟦«hex64»⟧
DROPBOX_SIGN_CLIENT = «hex32»
PANDADOC = API-Key ⟦«hex40»⟧
ENVELOPE = «uuid»
TEMPLATE_ROLE = Signer 1
ACCESS_CODE_POLICY = min=6,digits
PDF_BYTE_RANGE = 0,«digit5»,«digit5»,«digit4»

[g2_calendar_booking]
CALENDLY_WEBHOOK_SIGN = ⟦«url43»⟧
CALENDLY_ORG = https://api.calendly.com/organizations/«uuid»
CALENDLY_PAT_PARAM = /prod/calendly/pat
CAL_COM = ⟦cal_live_«hex32»⟧
CAL_EVENT_TYPE = «digit6»
SYNC_TOKEN = CPDAlvWDx70CEPDAlvWDx70C«alnum8»=
GOOGLE_CHANNEL_ID = «uuid»
ICS_UID = «uuid»@google.com
RRULE = FREQ=WEEKLY;BYDAY=TU,TH
TZ = America/Chicago

[g2_realestate_listings]
BRIDGE_DATASET = actris_ref
ATTOM = apikey: ⟦«hex32»⟧
RENTCAST_URL = https://api.rentcast.io/v1/listings/sale
RETS_LOGIN = https://«word»agent:⟦«person»⟧@rets.«word»mls.com/contact/rets/login
RETS_UA = «word»Crawler/2.3
LISTING_KEY = ListingKeyNumeric
PARCEL_APN = «digit3»-«digit3»-«digit3»
LOCKBOX_SERIAL = «digit8»
MLS_PRIVATE_REMARKS = exclude
PHOTO_MD5 = «hex32»
ODATA_SKIPTOKEN = «b64_44»
ZPID = «digit8»

[g2_tenant_screening]
SMARTMOVE_PARTNER = «digit4»
SMARTMOVE = ⟦«b64_86»==⟧
GATE_CODE = ⟦«digit5»⟧
APPFOLIO_BASIC_AUTH = https://«hex32»:⟦«hex32»⟧@«word».appfolio.com/api/v1/reports
LEASE_KEY_COUNT = 3
KEYLESS_VENDOR = august
UNIT_UUID = «uuid»
DOORLOOP_WEBHOOK_ID = «hex24»
FCRA_NOTICE_VERSION = 2024-03
APPLICATION_HASH = «hex64»
RENT_SORT_KEY = -price

[g2_lms_roster]
CANVAS = ⟦1~«alnum64»⟧
CANVAS_HOST = https://«word»u.instructure.com
LTI_CLIENT_ID = 10000000000«digit4»
LTI_DEPLOYMENT = 1:«hex40»
LTI_JWKS = https://sso.canvaslms.com/api/lti/security/jwks
LTI_TOOL_KEY = ⟦«oneline:«pkcs8»»⟧
LTI_KID = 2025-01-01T00:00:00Z
CLEVER_CLIENT = Basic ⟦«b64:«hex20»:«hex40»»⟧
CLEVER_DISTRICT = «hex24»
NCES = «digit7»
ANSWER_KEY = A,C,B,D,A,E
ANSWER_KEY_BUCKET = «word»-answer-keys
TERM = FA25

[g2_exam_proctor]
HONORLOCK_CLIENT = «hex64»
TURNITIN_TII = ⟦«hex32»⟧
TURNITIN_TENANT = «word».turnitin.com
EXAM_PASSWORD = ⟦«person»⟧
EXAM_PASSWORD_HINT = ask your instructor
BROWSER_EXAM_KEY = «hex64»
SEB_CONFIG_KEY = «hex64»
SEB_QUIT_HASH = ⟦?«hex64»⟧
QUESTION_POOL = qp-«uuid»
SESSION_CLOCK_SKEW = 45
WEBCAM_KEYFRAME_S = 15

[g2_hr_directory]
BAMBOO = https://⟦«hex40»⟧:x@api.bamboohr.com/api/gateway.php/«word»/v1/employees/directory
GUSTO_COMPANY = «uuid»
HRIS = [{"v":"merge","k":"⟦«url54»⟧"},{"v":"finch","k":"⟦sandbox-«uuid»⟧"}]
MERGE_LINKED_ACCOUNT = «uuid»
WORKDAY_TENANT = «word»_prd1
WORKDAY_ISU = ISU_Directory
ADP_CERT = «oneline:«cert»»
EMPLOYEE_KEY = employee_number
I9_STATUS = COMPLETE
PTO_ACCRUAL_CRON = 0 9 1 * ?
ORG_CHART_ETAG = «hex16»

[g2_ats_pipeline]
GREENHOUSE = ⟦«b64:«hex32»-«digit1»:»⟧
GREENHOUSE_ON_BEHALF = «digit7»
GREENHOUSE_BOARD = «word»inc
GH_WEBHOOK = ⟦«word» «word» «word» «digit2»⟧
LEVER_ENV = production
LEVER_OAUTH_STATE_KEY_ID = v3
ASHBY_ORG = «uuid»
CANDIDATE_CURSOR = «url32»
INTERVIEW_KIT_VERSION = 9
EEOC_FIELDS = gender,race,veteran_status
KEYWORDS = kubernetes,secret management,oauth

[g2_identity_provision]
OKTA_ORG = https://«word».okta.com
OKTA = SSWS ${OKTA_TOKEN}
OKTA_CLIENT = 0oa«alnum17»
OKTA_KEYS_URL = https://«word».okta.com/oauth2/default/v1/keys
WORKOS = ⟦sk_live_«alnum48»⟧
WORKOS_CLIENT = client_01«upper24»
SCIM_FILTER = userName eq "{email}"
SAML_IDP_CERT = «oneline:«cert»»
SAML_ENTITY = http://www.okta.com/exk«alnum17»
GROUP_RULE = user.department == "Security"
PASSWORD_IMPORT_HOOK_NAME = pwd-migrate
MFA_FACTORS = webauthn,token:software:totp

[g2_auth_issuer]
AUTH0_DOMAIN = «word»-prod.us.auth0.com
AUTH0_M2M = %%AUTH0_M2M_SECRET%%
AUTH0_M2M_CLIENT = «alnum32»
CLERK_PUBLISHABLE = pk_live_«b64:clerk.site.app$»
CLERK_JWT_KEY = «oneline:«public»»
STYTCH = ⟦secret-live-«url48»=⟧
STYTCH_PROJECT = project-live-«uuid»
PEPPER = ⟦«hex64»⟧
BCRYPT_ROUNDS = 12
PASSWORD_MIN = 10
PASSWORD_REGEX = ^(?=.*[A-Z])(?=.*\d).{10,}$
JWKS_KID = «url43»
SESSION_COOKIE = sid; Path=/; Secure; HttpOnly

[g2_session_rotator]
SALT = ⟦«url22»⟧
HMAC = ⟦«b64_43»=⟧
SECRETS = ["⟦«b64_43»=⟧","⟦«b64_43»=⟧"]
CURRENT_KID = 2025-q3
SECRETS_ROTATED_AT = 2025-07-01T04:00:11Z
COOKIE = connect.sid=⟦s%3A«url32».«alnum43»⟧; theme=dark
COOKIE_PREFS = theme=dark; lang=en-US; tz=PST
CSRF_HEADER = X-CSRF-Token
KEYGRIP_ALGO = sha512
ROTATION_LAMBDA = arn:aws:lambda:us-east-1:«digit12»:function:rotate-session
PREVIOUS_DIGEST = «hex64»

[g2_secret_store_sync]
DOPPLER = ⟦dp.st.prd.«alnum40»⟧
DOPPLER_CONFIG = prd
OP_SERVICE_ACCOUNT = ⟦ops_eyJ«alnum400»⟧
OP_REF = op://Prod/Stripe/credential
VAULT_ADDR = https://vault.«host»:8200
VAULT_PATH = secret/data/prod/api
ROLE_ID = «uuid»
SECRET_ID = ⟦«uuid»⟧
SECRET_NAME = prod/api/db-«alnum6»
KV_REF = @Microsoft.KeyVault(SecretUri=https://«word»-kv.vault.azure.net/secrets/DbPassword/«hex32»)
GSM = projects/«digit12»/secrets/api-token/versions/latest
SOPS_BLOB = ENC[AES256_GCM,data:«b64_22»==,iv:«b64_43»=,tag:«b64_22»==,type:str]
AKEYLESS_ACCESS_ID = p-«lower12»

[g2_registry_mirror]
NPMRC = //registry.npmjs.org/:_authToken=⟦«npm»⟧
PIP_INDEX_URL = https://token:⟦«alnum48»⟧@dl.cloudsmith.io/basic/«word»/internal/python/simple/
DOCKER_AUTH = {"auths":{"https://index.docker.io/v1/":{"auth":"⟦«b64:wordbot:dckr_pat_«url27»»⟧"}}}
GEM = ⟦rubygems_«hex48»⟧
JFROG_PUBLIC_REPO = https://«word».jfrog.io/artifactory/npm-public
TWINE_USERNAME = __token__
LOCK_INTEGRITY = «sha512»
TARBALL_SHASUM = «hex40»
GO_SUM = h1:«b64_43»=
CRATE_CHECKSUM = «hex64»
COSIGN_PUB = «oneline:«public»»
MIRROR_REV = 2.14.0-rc.3+«hex8»

[g2_git_webhooks]
GH = ⟦«ghp»⟧
GITHUB_WEBHOOK_ID = «digit9»
GITLAB_RO = https://oauth2:⟦«glpat»⟧@gitlab.com/«word»/infra.git
BITBUCKET = ⟦ATBB«alnum32»«HEX8»⟧
BITBUCKET_WORKSPACE = «word»-eng
GIT_SSH = ⟦«oneline:«ssh»»⟧
KNOWN_HOSTS = github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl
BEFORE = «hex40»
AFTER = «hex40»
TREE_SHA = «hex40»
SIGNED_OFF = GPG 4AEE18F83AFDEB23
CODEOWNERS_TEAM = @«word»/secrets-admins

[g2_ci_dispatch]
CI_TOKENS = {"circle":"⟦CCIPAT_«alnum22»_«hex40»⟧","buildkite":"⟦bkua_«hex40»⟧","codecov":"⟦«uuid»⟧","snyk":"⟦«uuid»⟧"}
CIRCLE_PROJECT = gh/«word»/«word»-api
BUILDKITE_PIPELINE = «uuid»
SONAR = ⟦squ_«hex40»⟧
SONAR_PROJECT_KEY = «word»_«word»-api
CACHE_KEY_V = v4-deps-{{ checksum "yarn.lock" }}
OIDC_SUB = repo:«word»/infra:ref:refs/heads/main
BUILD_NUMBER = «digit5»
ARTIFACT_DIGEST = sha256:«hex64»
PASS_RATE = 0.993
FLAKY_TEST = test_login_with_wrong_password

[g2_infra_cloud_misc]
PAAS = {"vercel":"⟦«alnum24»⟧","netlify":"⟦nfp_«alnum36»⟧","render":"⟦rnd_«alnum32»⟧","fly":"⟦FlyV1 fm2_lJPE«b64_160»⟧"}
DO_PAT = ⟦«do»⟧
HEROKU_APP = «word»-«word»-«digit5»
VULTR_REGION = ewr
TFC = ⟦«alnum14».atlasv1.«url67»⟧
TFC_WORKSPACE = ws-«alnum16»
PULUMI_STACK = «word»/prod
PULUMI_ENCRYPTED = v1:«b64_16»:«b64_64»=
TS_AUTH = ⟦tskey-auth-k«alnum11»CNTRL-«alnum32»⟧
DROPLET = «digit9»
SSH_KEY_FINGERPRINT = SHA256:«b64_43»
VERCEL_PROJECT = prj_«alnum28»

[g2_object_storage_copy]
R2_ACCESS = «hex32»
R2_ENDPOINT = https://«hex32».r2.cloudflarestorage.com
SPACES_ID = DO00«upper16»
RCLONE_CONFIG_WASABI_SECRET_ACCESS_KEY = ⟦«alnum40»⟧
S3_XACCT = {"AccessKeyId":"⟦?«akia»⟧","SecretAccessKey":"⟦«aws40»⟧"}
BLOB_SAS = https://«word»st.blob.core.windows.net/exports?sv=2023-11-03&sr=c&sp=rl&se=2027-01-01T00:00:00Z&sig=⟦«enc:«b64_43»=»⟧
GCS_SIGNED_EXPIRES = 604800
OBJECT_KEY = raw/dt=2025-03-04/«uuid».avro
CONTENT_MD5 = «b64_22»==
VERSION_ID = «alnum32»
CONTINUATION_TOKEN = 1«b64_60»=

[g2_chain_indexer]
RPC_ETH = https://eth-mainnet.g.alchemy.com/v2/⟦«url32»⟧
RPC_SOL = https://mainnet.helius-rpc.com/?api-key=⟦«uuid»⟧
RPC_PUBLIC = https://cloudflare-eth.com
RPC_WS = wss://«word»-«word»-«word».base-mainnet.quiknode.pro/⟦«hex40»⟧/
CONTRACT = 0x«hex40»
TOPIC0 = 0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef
START_BLOCK = 19«digit6»
LAST_TX = 0x«hex64»
BLOCK_HASH = 0x«hex64»
TOKEN_ADDRESS = 0x«hex40»
TOKEN_DECIMALS = 6
CID = bafybei«lower52»

[g2_hot_wallet_signer]
MASTER = ⟦«word» «word» «word» «word» «word» «word» «word» «word» «word» «word» «word» «word»⟧
ADDR = 0x«hex40»
BTC_WIF = ⟦L«alnum51»⟧
XPUB = xpub661MyMwAqRbc«alnum95»
XPRV = ⟦xprv9s21ZrQH143K«alnum95»⟧
SOL_KEYPAIR = ⟦[«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»,1«digit2»,1«digit2»,«digit1»]⟧
DERIVATION = m/44'/60'/0'/0/0
CHAIN_ID = 8453
NONCE_TABLE_KEY = addr#chain
MULTISIG = 0x«hex40»
SIGNATURE_SAMPLE = 0x«hex130»

[g2_exchange_trader]
BINANCE_US_KEY = ⟦?«alnum64»⟧
BINANCE_US = ⟦«alnum64»⟧
KRAKEN = ⟦«b64_86»==⟧
CDP = {"name":"organizations/«uuid»/apiKeys/«uuid»","privateKey":"⟦«oneline:«ec»»⟧"}
CIRCLE = ⟦LIVE_API_KEY:«hex32»:«hex32»⟧
CIRCLE_ENTITY_CIPHERTEXT = «b64_684»
PRODUCT = BTC-USD
CLIENT_ORDER_ID = «uuid»
DEPOSIT_ADDRESS = bc1q«lower38»
FIREBLOCKS_USER = «uuid»
VAULT_ACCOUNT = 0
STRATEGY_HASH = «hex32»
MAX_SLIPPAGE_BPS = 35

[g2_internal_tools_admin]
ROOT_PW = ⟦«person»⟧
ADMIN_BASIC = Basic ⟦«b64:admin:«pw»»⟧
LICENSE = ⟦SSOP_«uuid»⟧
X_SVC_CRED = ⟦«jwt»⟧
PASTE = {"airtable":"⟦«airtable»⟧","notion":"⟦«notion»⟧","linear":"⟦«linear»⟧","figma":"⟦figd_«url40»⟧","asana":"⟦2/«digit16»/«digit16»:«hex32»⟧"}
AIRTABLE_BASE = app«alnum14»
NOTION_DB = «hex32»
LINEAR_TEAM = «uuid»
FIGMA_FILE = «alnum22»
ZAP = ⟦https://hooks.zapier.com/hooks/catch/«digit7»/«lower7»/⟧
DB_PASSWORD = ${ssm:/internal/db/password}
API_TOKEN_DOC = <ask #platform for a token>
ADMIN_HASH = ⟦?«bcrypt»⟧
BREAK_GLASS_CONTACT = oncall@«word».com
"""
