"""How columns are called in exports of other systems, and what their names say of the unit or the zone. Pure."""

import re
from collections.abc import Sequence

from producers.records.no_legs import bare_name

# Column names in exports of other systems, lower case without punctuation; the first found is used.
NAMES: dict[str, tuple[str, ...]] = {
    "leg_id": (
        "legid", "callid", "uniqueid", "id", "recordid", "anrufid", "vorgangsid", "segmentid",
        "nodeidsessionidsequenceno", "calluuid", "callsid", "sessionid", "engagementid",
    ),
    "contact_id": (
        "contactid", "linkedid", "conversationid", "interactionid", "kontaktid", "initialcontactid",
        "mastercontactid",
    ),
    "queue": (
        "queue", "queuename", "skill", "skillname", "split", "hotline", "warteschlange", "vdn", "servicename",
        "gruppe", "dienst", "queues", "callqueue", "ccqueue", "campaignid", "skillgroup", "cola",
        "filedattente", "coda", "wachtrij", "fila", "antrian", "antrean", "splitskill", "csqname", "csqnames",
        "قائمةالانتظار", "csq", "callqueuename", "acdqueue", "ringgroup", "huntgroup",
    ),
    "channel": (
        "channel", "mediatype", "kanal", "medianame", "channeltype", "interactiontype",
    ),
    "caller": (
        "caller", "callerid", "ani", "callingnumber", "callernumber", "phone", "phonenumber", "clid", "from",
        "originatordncallingnumber", "callingparty", "númerollamante", "telefone", "nomorpenelepon",
        "رقمالمتصل", "rufnummer", "telefonnummer", "anrufer", "rufnummeranrufer", "customernumber",
        "fromnumber", "originatordn", "anidialnum", "callerphonenumber", "callerno", "remoteaddress",
        "customerphonenumber", "customerendpointaddress", "cli",
    ),
    "arrived_at": (
        "arrivedat", "queuedat", "enqueuetime", "queuestart", "queuestarttime", "queueentrytime",
        "enqueuetimestamp", "queueenqueuetimestamp", "enteredqueueat", "queuetime", "starttime", "start",
        "calltime", "timestamp", "datetime", "calldate", "time", "beginn", "anrufbeginn", "startzeit",
        "eingang", "zeit", "uhrzeit", "zeitpunkt", "arrived", "arrival", "enteredat", "enqueuedat",
        "actiondatetime", "startdatetime", "calldatetime", "contactstartedat", "startedat", "timestart",
        "ccqueuejoinedepoch", "inicio", "fechahora", "début", "heuredébut", "inizio", "datahora", "fechayhora",
        "waktumasuk", "waktumulai", "وقتالبدء", "callstarttime", "callstart", "starttimeutc", "datetimeutc",
        "calldateandtime", "begintime", "begin", "receivedat", "segstart",
    ),
    "answered_at": (
        "answeredat", "answered", "answertime", "connecttime", "connected", "angenommen", "angenommenum",
        "annahme", "verbunden", "timeanswered", "ccqueueansweredepoch", "contestada", "respondida", "réponse",
        "risposta", "atendida", "answeredtime", "answertimestamp", "connectedtoagenttimestamp",
        "agentconnectedtoagenttimestamp", "connectedat", "acceptedat", "pickuptime",
    ),
    "left_at": (
        "leftat", "left", "queueend", "dequeuetime", "abandontime", "verlassen", "abgang", "abandonedat",
        "ccqueuecanceledepoch",
    ),
    "ended_at": (
        "endedat", "ended", "end", "endtime", "hanguptime", "disconnecttime", "ende", "anrufende", "endzeit",
        "beendet", "timeend", "finishedat", "contactfinishedat", "ccqueueterminatedepoch", "fin", "fine",
        "einde", "fim", "callendtime", "callend", "disconnecttimestamp", "enddatetime", "hangupat",
        "completedat", "segstop",
    ),
    "wrap_ended_at": (
        "wrapendedat", "wrapend", "acwend", "nachbearbeitungende",
    ),
    "direction": (
        "direction", "calldirection", "interactiondirection", "contactdirection", "communicationtype", "inout",
        "inboundoutbound", "richtung", "anrufrichtung", "rufrichtung", "arah", "arahpanggilan", "dirección",
        "direccion", "sens", "direzione", "direção", "direcao", "richting", "الاتجاه", "calltype", "type",
    ),
    "outcome": (
        "outcome", "result", "status", "disposition", "callresult", "ergebnis", "calltype", "contacttype",
        "endreason", "callstatus", "estado", "resultado", "statut", "résultat", "stato", "esito",
        "contactdisposition", "hasil", "الحالة", "laststatus", "callstate",
    ),
    "agent": (
        "agent", "agentid", "agentname", "user", "answeredby", "mitarbeiter", "bearbeiter", "username",
        "ccagent", "agente", "agentusername", "atendente", "agen", "الموظف", "agentfullname", "handledby",
        "operator",
    ),
    "wait_ms": (
        "waitms", "queuewaittime", "queuetime", "waitseconds", "waits", "waittime", "waitingtime",
        "timeinqueue", "wait", "queueseconds", "wartezeit", "wartezeits", "wartezeitsekunden", "inqueue",
        "tiempodeespera", "espera", "tempodeespera", "waktutunggu", "tempsdattente", "مدةالانتظار",
        "waitduration", "waitingduration", "queueduration", "inqueueduration", "queuewaitduration", "queuewait",
        "queuewaitseconds", "totalqueue", "totalqueuetime", "waitsec", "waittimesec", "wachttijd",
    ),
    "hold_ms": (
        "holdms", "holdseconds", "holdtime", "haltezeit", "holdduration", "totalhold", "totalholdtime",
    ),
    "talk_ms": (
        "talkms", "talkseconds", "talktime", "talk", "gesprächszeit", "gesprächsdauer", "agenttime",
        "tiempodeconversación", "conversación", "tempodeconversação", "conversação", "waktubicara",
        "مدةالمحادثة", "talkduration", "conversationtime", "conversationduration", "totaltalk", "totaltalktime",
        "talksec", "talktimesec",
    ),
}  # fmt: skip
DATE_NAMES = ("date", "calldate", "startdate", "rowdate", "day", "datum", "tag", "anrufdatum", "fecha", "data", "tanggal",
               "التاريخ")  # fmt: skip
_REMARK = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]$")
_UNITS = frozenset((
    "s", "sec", "secs", "second", "seconds", "in seconds", "sek", "sekunden", "segundos", "secondes", "secondi", "detik",
    "ms", "milliseconds", "min", "mins", "minutes", "minuten", "h:mm:ss", "hh:mm:ss", "mm:ss", "m:ss",
))  # fmt: skip
_UTC = frozenset(("utc", "gmt", "utc+0", "gmt+0", "utc+00:00", "gmt+00:00"))


def spoken_name(name: str) -> str:
    """The bare name of a column without the unit or UTC in brackets at its end: "Wait Time (sec)" is a wait time."""
    remark = _REMARK.search(name)
    if remark and remark[1].strip().casefold() in _UNITS | _UTC:
        return bare_name(name[: remark.start()])
    return bare_name(name)


def says_utc(name: str) -> bool:
    """Whether the name of a column says that its times are in UTC: "Start Time (UTC)", "start_utc"."""
    remark = _REMARK.search(name)
    if remark and remark[1].strip().casefold() in _UTC:
        return True
    words = [word for word in re.split(r"[\W_]+", name.casefold()) if word]
    return len(words) > 1 and words[-1] in {"utc", "gmt"}


def are_utc(names: Sequence[str]) -> bool:
    """Whether one of the columns that are joined to a time says so."""
    return any(map(says_utc, names))
