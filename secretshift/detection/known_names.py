"""Names that are no claim by themselves: of services that give out one key, and of things whose
random values everybody may know."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SERVICES: Final = _words(
    """
    abstractapi airtable akismet algolia alphavantage amadeus anthropic apify apollo assemblyai
    avalara bitly brevo bugsnag buildkite calendly circleci clearbit clickup cloudconvert cohere
    coinbase coinmarketcap convertkit coralogix customerio datadog deepgram deepl digitalocean
    dropbox easypost elevenlabs etherscan exchangerate fastly figma finnhub fixer foursquare
    freshdesk geoapify giphy gitguardian grafana groq helpscout heroku honeycomb hubspot hunter
    infura intercom ipinfo ipstack jotform klaviyo lever linear lob logdna loggly mailchimp
    mailerlite mailgun mapbox mapquest mandrill messagebird mistral mixpanel mux netlify newsapi
    ngrok notion nylas openai opencage openrouter opsgenie optimizely pagerduty pandadoc papertrail
    perplexity pexels pinecone pipedrive plaid polygon postmark printful printify pusher rapidapi
    rapid7 recurly replicate resend rollbar sendgrid sendinblue sentry serpapi shippo shodan
    shopify slack snyk sparkpost spoonacular stability statuspage stripe tavily taxjar telegram
    textmagic tiingo todoist together tomtom trello twilio typeform unsplash vercel virustotal
    vonage walkscore weatherapi wistia wolframalpha xero zendesk zoom zerobounce zyte 2captcha
    abuseipdb aftership ahrefs alchemy aviationstack bannerbear bing blockcypher browserless
    browserstack capsolver carto censys checkly chargebee coda codecov coingecko contentful
    courier currencylayer datafordeler deepseek docraptor doppler e2b easyship exa factset
    fal fathom firecrawl firebase fireworks flightaware flutterwave foursquare freepik gemini
    geocodio giantswarm gitbook gitlab github google gumroad here heliconia helius hereapi
    huggingface hybridanalysis imgbb imgix imagekit infobip instantly insomnia ipapi ipgeolocation
    ipqualityscore iterable jina keycdn kickbox kucoin lemonsqueezy letterboxd locationiq lokalise
    loops mailboxlayer mapquest maptiler marketstack meteostat metabase moosend moralis morningstar
    msg91 mapillary nasa navitia neon netatmo newscatcher nftport novu numverify nytimes oanda
    omdb openai openaq opensea openweather openweathermap openrouteservice ors owm paddle
    pandascore pdfshift phantombuster pipl pixabay pinata planetscale plausible positionstack
    postman prerender printnode proxycrawl quandl railway razorpay readme rebrandly removebg
    render retellai revai riot roboflow runpod samsara sanity scrapingbee scraperapi segment
    sendcloud serper shipengine shipstation short smarty smartystreets snipcart socket splitio
    sportradar spotify square stackexchange stannp statuscake steam storyblok strava sumup supabase
    suno tankerkoenig telnyx ticketmaster timezonedb tinify tinypng tmdb transifex turso tvdb
    twelvedata twelvelabs upcloud uploadcare uptimerobot urlscan vero vultr weatherbit weatherstack
    attom barion braze eupago govuknotify ifthenpay lithic loqate personio smartmove truelayer
    webflow wandb whoisxml woosmap worldtides yelp youtube zapier zenrows zerossl
    """
)
"""Services that give each customer one key: a variable may bear their name alone."""

IDENTITIES: Final = _words(
    """
    commit md sha sha1 sha256 sha512 md5 crc checksum checksums digest etag hash fingerprint
    thumbprint huella spki pin pins integrity revision rev ref build release version tag image
    layer artifact digestsha id ids appid clientid uid uuid guid gid oid sid kid uri url arn
    sheet sheets spreadsheet doc docs document folder drive db database dataset table tbl
    collection index view form forms page pages site property playlist album video channel
    channels chat room group list board card project workspace org organization organisation
    team guild server space account tenant directory customer customers merchant recipient
    sender user users member owner contact price prices product products plan plans sku item
    coupon promo order invoice iban bic swift iv nonce lang language locale distribution zone
    pool vpc subnet subnets sg ami eni instance cluster node host domain bucket object file
    container pixel measurement tracking dsn device devices thing serial imei mac wallet address
    contract location locations store stores campaign audience segment template flow survey
    model voice assistant agent engine deployment environment calendar event events queue topic
    stream map style tileset verify verification selector certificate cert cer crt ca chain
    public pub client integrator integration market marketplace seller shop region stage
    endpoint host hostname parameter param ssm secretname path prefix suffix schema key keyid
    config configuration settings flags features layout theme blob payload sample fixture
    expected pinned known allowed trusted whitelist allowlist cursor offset watermark checkpoint
    before after shasum tx txn txid cid xpub ypub zpub npub agent useragent ua traceparent contentshare bootstrap brokers servers registry repo repository package
    """
)
"""Words of names whose value may be random and is none that opens anything."""
