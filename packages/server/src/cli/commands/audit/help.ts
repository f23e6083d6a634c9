/** Of the group and of each of its commands. */
export const auditHelp = `Usage: countersign audit list [--user NAME|ID] [--event NAME] [--since WHEN]
                              [--request ID] [--limit N] [--before NUMBER] [--json]
       countersign audit verify [--json]
       countersign audit export [--since WHEN] [--format ndjson]

list     what happened, newest first: logins and refusals, changes of users,
         sessions and keys, and what operators did
verify   walk the chain that ties each event to all before it; the exit status is
         1 if an event was changed, taken out or put in
export   all of it, oldest first, one JSON object a line, with what it takes to
         verify the chain elsewhere

  --user NAME|ID    events about this user
  --event NAME      events of this name: auth.login.failed
  --request ID      events of one request: what the client got as X-Request-Id
  --since WHEN      not older: an age such as 2h or 7d, or 2027-01-15T08:00:00Z
  --limit N         at most so many, 50 if not given
  --before NUMBER   go on before this event, the last one of the page before
  --format ndjson   the only one there is
  --json            for programs: an array for list, an object for verify
  --data FOLDER     folder of the database, ./countersign-data if not given

countersign explain REQUEST_ID says in sentences why a request was refused.`
