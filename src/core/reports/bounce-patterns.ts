import type { BounceReason } from './bounce-taxonomy.ts'

/**
 * A reason and the wordings that indicate it. `isWeak`: means a dead address unless the status says that it is policy.
 */
export interface ReplyPattern {
  readonly reason: BounceReason
  readonly isWeak?: boolean
  readonly patterns: readonly RegExp[]
}

/**
 * Wordings of mail servers, tried in order on lower-case text without addresses. Patterns about the sender, the content
 * or a temporary condition come before those about the recipient, because a wrong suppression cuts a person off and a
 * wrong retry only costs one more message. Every pattern is linear: gaps are bounded and no repetition is nested. Facts
 * from test/core/reports/bounce-reason.test.ts, whose rows name the server each wording comes from.
 */
export const REPLY_PATTERNS: readonly ReplyPattern[] = [
  // free.fr: "blocked" here means that the mailbox no longer exists.
  {
    reason: 'suspend',
    patterns: [/\b(blocked|disabled|suspended|locked|closed) (due to|because of|for) .{0,12}inactivity/],
  },
  {
    reason: 'filtered',
    patterns: [
      /resolver\.rst\.(authrequired|notauthorized|restrictedtorecipients)/,
      /sender (was )?not authenticated (by|for)|allowed-senders list/,
      /recipient (preferences|id refuse)|you have been blocked by the recipient|rejected by recipient|rejected due to user rules/,
      /only accepting mail from specific|is protected by/,
      /not a member of this mailing list|permission to post/,
    ],
  },
  { reason: 'virusdetected', patterns: [/\b(virus|malware|infected)\b/] },
  {
    reason: 'authfailure',
    patterns: [
      /\b(spf|dkim|dmarc)\b/,
      /unauthenticated (e-?mail|mail|message|sender)|sender is unauthenticated/,
      /authentication (checks?|information|level)\b/,
    ],
  },
  {
    reason: 'requireptr',
    patterns: [
      /reverse[ -]dns|\bptr\b|\brdns\b|ip name lookup failed|reverse (lookup|hostname|host name)/,
      /mismatches client ip|\b(unknown|invalid|bad) host(name)? [[(]?\d{1,3}\.\d/,
    ],
  },
  {
    reason: 'speeding',
    patterns: [
      /\btoo (many (messages|recipients|mails|emails|e-mails)|fast|quickly|frequent)\b/,
      /\b(rate|frequency)[ -]?limit(ed|s)?\b|throttl(ed|ing)|frequency limited|unusual rate|excessive volume/,
      /receiving mail (too quickly|at a rate)|per hour message receive limit/,
      /\b(daily|hourly|submission|sending|relay)\b.{0,20}\b(quota|limit)\b/,
      /exceeded permitted limits|tenant has exceeded threshold|max message per connection/,
    ],
  },
  {
    reason: 'blocked',
    patterns: [
      /spamhaus|barracudacentral|spamcop|\b(dnsbl|rbl|uribl|surbl|sorbs|cdrbl)\b/,
      /\b(black|block|deny)[ -]?list(ed|ing)?\b/,
      /\bbanned (sending ip|sender)\b|\b(helo|ehlo)\b|\bopen relay\b|may not be mail exchanger/,
      /\byour (mail ?server|host|ip)( ?name| address)? (does|is|was|has|could)\b|\bip(-adresse)? .{0,30}gesperrt\b/,
      /client host rejected|messages from .{0,60}weren't sent|host network not allowed|traffic not accepted/,
      /not accepting connections|no access from mail server|unregistered domain|invalid ip for sending/,
      /\b(blocked|banned)\b/,
    ],
  },
  { reason: 'badreputation', patterns: [/\breputation\b|poor score|user complaints/] },
  {
    reason: 'spamdetected',
    patterns: [
      /\bspam(my|ming)?\b|spam-?verdacht|spam(signature|message)|unsolicited|\b(junk|bulk)[ -]?mail\b|\bube\b/,
    ],
  },
  {
    reason: 'norelaying',
    patterns: [
      /\brelay(ing)?\b.{0,20}\b(denied|not allowed|not permitted|prohibited|forbidden)/,
      /(unable|not permitted|not authorized|refuse) to relay|do(es)? not relay|allowed rcpthosts/,
    ],
  },
  {
    reason: 'rejected',
    patterns: [
      /\bsender\b.{0,24}\b(reject|denied|refused|verify|invalid|unknown|does not exist|not found|not allowed)/,
      /\b(unrout(e)?able|bad outbound|invalid|unknown|bad|unverified) sender\b|domain of sender|sender (address )?domain/,
      /\b(return[ -]path|reverse[ -]path|envelope (from|sender)|from (address|domain|header)|from: header)\b/,
      /invalid dns mx or a\/aaaa|purported responsible address|you are sending (to\/)?from/,
      /not allowed to send|mail sending denied|email address is not verified|domain \S{1,120} (is )?not verified/,
      /(?<!recipient )\bverification failed for\b/,
      /\b(absender|exp[eé]diteur|remitente|mittente).{0,30}(unbekannt|nicht bekannt|existiert nicht|ung(ü|ue)ltig|abgelehnt|gesperrt)/,
      /\b(absender|exp[eé]diteur|remitente|mittente).{0,30}(inconnu|invalid|inexistant|n'existe|refus|desconocid|no existe|sconosciut|non esiste)/,
      // This is the sender's account: the relay gives the same reply for every recipient.
      /\byour (\w{1,20} )?(account|mailbox|subscription)\b.{0,40}\b(suspended|disabled|deactivated|inactive|blocked|closed|terminated|expired|locked)\b/,
      /\bsending (mail|e-?mail|from)\b.{0,60}\baccount\b.{0,30}\b(suspended|disabled|deactivated|inactive|closed|terminated|locked)\b/,
    ],
  },
  {
    reason: 'securityerror',
    patterns: [/\bauthentication (is )?(required|failed|credentials)|smtp authentication|smtp server of your isp/],
  },
  {
    reason: 'mailboxfull',
    patterns: [
      /\b(mail ?box|inbox|mail ?folder|mail ?dir|postfach)\b.{0,40}\b(full|exceed(s|ed|ing)?|over ?quota|(size|storage) limit|voll)\b/,
      /\b(bo[iî]te|casella|buz[oó]n|caixa|postbus)\b.{0,40}\b(pleine|piena|llen[oa]|cheia|vol)\b|\bspeicher(platz)?\b.{0,20}(ersch(ö|oe)pft|voll\b)/,
      /\bmail ?box\b.{0,20}\binsufficient (disk |storage )?space\b/,
      /\bfull mail ?box\b|\bover (the |disk |allowed )*quota\b|\boverquota\b|\bout of storage\b/,
      /\b(disk ?space|disk|disc|user|mail|storage|mailbox|domaindisk|userdisk|email)[ -]?quota\b/,
      /\bquota (is )?(exceeded|full|violation|usage)|\bexceed(s|ed|ing)? (their|its|the|his|your)? ?(mailbox |disk |storage )?quota\b/,
      /exceeded (its |the )?storage|storage allocation|(not have|not) (enough|sufficient) (disk |storage )?space|not enough storage|has been used up/,
      /too many messages on the server|too much mail data|exceed maximum allowed storage/,
    ],
  },
  {
    reason: 'mesgtoobig',
    patterns: [
      /\b(message|mail|msg)( size)? (is )?(too (large|big|long)|exceeds?|length exceeds)/,
      /\b(message|header|mail) (size|length)\b|\btoo (large|big)\b|size limit/,
    ],
  },
  {
    reason: 'expired',
    patterns: [
      /in (the )?queue too long|retry time(out)? (not reached|exceeded)|(delivery|message|queue|time) expired/,
      /failing for a long time|could not be delivered for \d+|(timed?[ -]?out|timeout)\b/,
    ],
  },
  {
    reason: 'toomanyconn',
    patterns: [/too many (concurrent )?(connections|sessions)|connection (rate )?limit|maximum connections/],
  },
  {
    reason: 'networkerror',
    patterns: [/connection (refused|lost|reset|dropped)|no route to host|network unreachable/],
  },
  { reason: 'networkerror', patterns: [/\b(mail|routing) loop\b|too many hops|exceeded \d+ hops|hop count exceeded/] },
  {
    // Temporary, regardless of the reply code.
    reason: 'onhold',
    patterns: [
      /gr[ea]y[ -]?list/,
      /\btry(ing)? (it |this )?(again|later)\b|\bretry (later|again|in)\b|\bplease retry\b|\bcome back later\b/,
      /\b(vor(ü|ue|rue)bergehend|derzeit|zurzeit|zur zeit|momentan(e|ément|eamente)?|temporairement|temporalmente|temporaneamente)\b/,
      /sp(ä|ae)ter (erneut|wieder|noch ?mal)|plus tard|m[aá]s tarde|pi[uù] tardi/,
      /\btemporar(y|ily|ely)\b|\bcurrently (unavailable|suspended|not available)\b|essayer plus tard|not yet authorized/,
      /service (currently )?(unavailable|not available)|server (is )?(too )?busy|out of memory|disk full|insufficient (system |disk )/,
    ],
  },
  {
    reason: 'contenterror',
    patterns: [
      /\b(content|attachment|body)\b.{0,40}\b(reject|refused|not accept|denied|blocked|not allowed|illegal|forbidden)/,
      /\b(rejected|refused|denied|blocked)\b.{0,40}\b(content|attachment)/,
      /illegal attachment|duplicate header|headers? (is |are )?(too large|missing|malformed)|malformed (message|header)/,
      /\breply-to (address|header|domain)|\bmessage-id (is )?(invalid|missing|malformed)|\binvalid (recipient )?address in\b/,
      /\b(header|in the|in) (from|to|cc)(:| header| field)/,
      /\brfc ?5322\b|8-bit data|bare (line feed|lf|cr)|invalid characters/,
    ],
  },
  {
    reason: 'policyviolation',
    patterns: [
      /\bpolic(y|ies)\b|\bprohibited\b|protocol violation|not authorized|delivery not authorized|security reasons/,
      /\baccess denied\b|\bzugriff verweigert\b|\badministrative prohibition\b|\bdenied by\b|\bpermission\b|violat(es|ed|ion)/,
    ],
  },
  // A reply to MAIL FROM, before the server knew the recipient.
  { reason: 'rejected', patterns: [/in reply to mail from|after mail from|\[mail_from\]|callback setup failed/] },
  {
    reason: 'hasmoved',
    patterns: [
      /\bhas moved\b|no longer (works|employed|on server|with (us|the company))|address (has )?changed/,
      /not our (user|customer)|user not local/,
    ],
  },
  {
    reason: 'suspend',
    patterns: [
      /\b(account|mail ?box|user|address|recipient|account that you tried to reach)( has been| was| is| are)? ?(a |an )?(disabled|suspended|deactivated|inactive|closed|discontinued|terminated|deleted|expired|frozen|archived|locked)\b/,
      /\b(inactive|disabled|suspended|deactivated|closed|deleted|expired|terminated) (e-?mail )?(account|mailbox|user|address)\b/,
      /user (is )?terminated|no longer (valid|active|available|accepts|exists|in use|here)|boite du destinataire archivee/,
      /\b(postfach|konto|mailbox|adresse)( ist| wurde)? (deaktiviert|geschlossen|gel(ö|oe)scht)|\b(compte|bo[iî]te|adresse) (est )?d[eé]sactiv[eé]/,
      /extended inactivity|not (an )?active\b|account unavailable|mailbox cannot be accessed/,
    ],
  },
  {
    reason: 'notaccept',
    patterns: [
      /\bnull ?mx\b|(does not|doesn't|not) (accept(ing)?|receive) (any )?(e-?)?mail\b|mail receiving disabled/,
      /no (mx|mail exchanger|smtp service)\b|indicated no smtp|couldn't find a mail exchanger|not accepting network messages/,
    ],
  },
  {
    reason: 'hostunknown',
    patterns: [
      /\b(host|domain)( name)?( is| was)? (not found|unknown|not reachable|does not exist|doesn't exist|must exist)\b/,
      /\b(unknown|no such|invalid|non-?existent|nonexistent|bad) (recipient )?(host|domain|destination system)\b|\bnxdomain\b/,
      /couldn't find any host|host \S{1,120} not found|host unreachable|name or service not known|point to non-?existent hosts|illegal host/,
    ],
  },
  {
    reason: 'userunknown',
    patterns: [
      /\b(unknown|invalid|no such|non-?existent|no valid|bad|illegal) (local |virtual |e-?mail |final delivery |destination |or illegal )?(local-part|user(id|name)?|recipient|mail ?box|address|account|person|alias|to)s?\b/,
      /\b(user(name)?|recipient|mail ?box|address|account|addressee|spectator|party)( address| name)?(es)?( is| was| were)? ?(unknown|not found|not known|invalid|inexistent|nonexistent|not exist|missing)\b/,
      /\b(user|recipient|mail ?box|address|account|person|it|name)\b.{0,60}\b(does ?n[o']t|doesnt|could not be|couldn't be) (exist|found)\b/,
      /\b(user|recipient)\b.{0,12}\b(doesn't|does not|doesnt) have an? .{0,60}\baccount\b/,
      /\b(that you tried to reach|which you are trying to reach) (does not|doesn't) exist/,
      /\bno (mailbox|mail box|account|user|recipient|such person|one)( here| found| available)?\b.{0,24}\b(by that name|at this address|for this user|found|here)\b/,
      /\bnot (a |an )?(valid|known|registered|local|existing|legal) (recipient|user|mailbox|address|account|gateway user)\b/,
      /\bis (not|no) (a |an )?(known|valid|local|registered|existing)\b/,
      /(recipient|recip|address|user) ?not ?(found|exist)|isn't in my|validrcptto|badrcptto|badrecipientto|not listed in\b/,
      /not present in directory|not in (the |our )?directory|unknown address error|wrong or no longer valid|addresses were unknown/,
      /mail ?box (is )?(not found|unknown|non-?existent|not present)|can't accept user|recipient (not ok|is not accepted|is not local)/,
      /recipient cannot be verified/,
      // German, French, Spanish, Italian, Portuguese, Dutch.
      /unbekannter? (empf(ä|a|ae)nger|benutzer)|ung(ü|ue)ltiger? (empf(ä|a|ae)nger|adresse)/,
      /(empf(ä|a|ae)nger(adresse)?|benutzer|nutzer|postfach|konto|adresse) (ist )?(unbekannt|nicht (bekannt|vorhanden|gefunden)|existiert nicht|ung(ü|ue)ltig)/,
      /(destinataires?|utilisateur|bo[iî]te( aux lettres)?|adresse|compte) (est )?(inconnue?|inexistante?|introuvable|invalide|n'existe pas)\b/,
      /(buz[oó]n|usuario|cuenta|direcci[oó]n|destinatario) (no existe|inexistente|desconocid[oa]|no encontrad[oa])|no existe (ese|el|dicha|la)/,
      /(casella|utente|destinatario|indirizzo) (non esiste|inesistente|sconosciut[oa]|non trovat[oa])|nessun utente/,
      /(usu[aá]rio|conta|destinat[aá]rio|endere[cç]o) (inexistente|desconhecid[oa]|n[aã]o existe|n[aã]o encontrad[oa])/,
      /(gebruiker|postbus|ontvanger) (is )?(onbekend|bestaat niet|niet gevonden)/,
    ],
  },
  {
    reason: 'userunknown',
    isWeak: true,
    patterns: [
      /mail ?box (is )?(unavailable|unavaiable|not available)|unrout(e)?able (mail )?(domain|address)|undeliverable address/,
      /\baddress (was |is )?rejected(?!:? \w)|recipients? (was |were |has been |is )?(rejected|denied|refused)(?!:? \w)/,
      /addressee (unknown|rejected)|user (rejected|refused)\b/,
    ],
  },
]
