"""Words whose case does not depend on the article, for articles whose body is too short to tell."""

from __future__ import annotations

ACRONYMS = frozenset(
    """US USA UK EU UN UAE NATO WHO IMF WTO OPEC UNESCO UNICEF FBI CIA NSA IRS SEC FDA NASA ECB
    BBC CNN AP AFP PM MP MPS MEP MEPS CEO CFO GDP AI IT TV DNA HIV COVID GPS LGBT NHS VAT ID
    IPO NGO NGOS ONU OTAN UE FMI PIB PDG SNCF TGV EE UU EUA""".split()
)
"""Kept in capitals where the article's own body does not say otherwise."""

CLOSED_CLASS = frozenset(
    """is are was were be been it its he his him she her they their we our you your this that
    these those who whom whose what when where why how and but not with from into over after
    before against about than will would could should must has have had says""".split()
)
"""Words that English prose never writes with a capital inside a sentence."""

NAME_PAIRS = frozenset(
    tuple(pair.split())
    for pair in (
        "new york,new zealand,new delhi,new jersey,new mexico,new orleans,new hampshire,"
        "new england,new caledonia,white house,united states,united nations,united kingdom,"
        "wall street,downing street,fleet street,supreme court,south korea,north korea,"
        "south africa,south sudan,south carolina,north carolina,south dakota,north dakota,"
        "west bank,west virginia,east timor,middle east,far east,cape town,red sea,black sea,"
        "red cross,west ham,silicon valley,federal reserve,green party,labour party"
    ).split(",")
)
"""Names whose words are ordinary alone."""

NEVER_LOWERED = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february april june
    july august september october november december english french german spanish italian
    russian chinese japanese american british european african asian arab israeli
    palestinian ukrainian iranian turkish indian irish scottish christian muslim jewish i
    i'm i've i'll i'd""".split()
)
"""Capitalised in English prose."""

ORDINARY = {
    "en": frozenset(
        """a an the and or nor but yet so for of to in on at by as up off out over under from
        with into onto upon about after before against amid among around behind below
        beneath beside between beyond despite down during except inside like near past per
        since than that then though through throughout till toward towards unless until
        versus via when where whether which while who whom whose why how what if not no is
        are was were be been being am do does did done has have had having will would shall
        should can could may might must it its he his him she her they them their we our us
        you your my me this these those there here all any both each every few more most
        other some such own same too very just only also even still again ever never now
        once first last next new old big small high low long short good bad best worst top
        great early late young full free public local national global former accused accuses
        add adds agree agrees agreed aid aim aims allow allows announce announces approve
        approves arrest arrested arrests ask asks attack attacks award awards back backs ban
        banned bans battle beat beats become becomes begin begins bid bill blame blames
        block blocks boost boosts break breaks bring brings budget build builds buy buys
        call calls campaign case cause causes chief city claim claims clash clashes close
        closed closes come comes company concern concerns confirm confirms consider
        considers control corruption cost costs council country coup court crash crisis
        criticised cut cuts day days dead deadly deal death deaths debate decide decides
        decision defeat defeats delay delayed delays deny denies die died dies drop drops
        election elections emergency end ends enter enters escape escapes face faces fail
        fails fall falls family fear fears fight fights find finds fire fires flood floods
        follow follows force forced forces found gain gains game get gets give gives go goes
        government grow grows growth guilty head heads health hear hears help helps hit hits
        hold holds home hope hopes house increase inquiry investigate investigates issue
        issues jail jailed job jobs join joins judge keep keeps kill killed killing kills
        know land lands launch launches law lawmakers lead leader leaders leads leave leaves
        left life lift lifts likely lose loses lost made make makes man market markets meet
        meeting meets men military minister ministers money month months move moves murder
        name named names need needs news offer offers office official officials oil open
        opened opens order orders party pay pays people plan plans play plays police poll
        power president press price prices prison probe protest protesters protests push
        pushes put puts quit quits raise raises rally rate rates reach reaches record reject
        rejects release releases remain remains report reported reports rescue resign
        resigns return returns reveal reveals right rights rise rises risk rule rules run
        runs safe said sale sales sanctions save saves say says school seek seeks sell sells
        send sends sentence set sets shares shooting show shows shut shuts sign signs since
        spending split stand stands start starts state states stay stays step steps stop
        stops storm strike strikes strong study sue sued sues support suspect suspects take
        takes talk talks target targets tax team tell tells test tests threat threaten
        threatens threats tighten tightens ties tie time times trade trial troops try tries
        turn turns two under urge urges visit visits vote voters votes vow vows wait war
        warn warned warning warnings warns watch water way weapons week weeks weigh weighs
        win wins woman women won work worker workers works world worry wound wounded year
        years""".split()
    ),
    "fr": frozenset(
        """le la les l un une des de du d au aux et ou mais donc or ni car à en dans sur sous
        par pour avec sans entre vers chez contre après avant depuis pendant selon que qui
        quoi dont où ce cet cette ces son sa ses leur leurs notre votre il elle ils elles on
        nous vous se ne pas plus est sont était été a ont avait sera fait peut doit nouveau
        nouvelle grand grande""".split()
    ),
}
"""Never names: closed-class words, and words that headlines are made of."""
