/** Of the group and of each of its commands. */
export const mailHelp = `Usage: countersign mail list [--failed] [--limit N] [--after ID] [--json]
       countersign mail show ID [--json]
       countersign mail retry ID
       countersign mail retry --all
       countersign mail test ADDRESS
       countersign mail preview TEMPLATE [--html] [--source]

list      the outbox, newest first: what waits, what was sent, what was given up
show      one mail; what it says is shown in development alone, and nowhere once
          it was sent
retry     send what was given up again, one or all of it, with attempts anew
test      send a mail to the address now, and say what the server answered
preview   a letter as its reader sees it, with an example's facts; needs no
          database

TEMPLATE is verify_email, reset_password, change_email, account_exists,
password_changed, email_changed, username_changed, account_deleted, reset_sent,
reset_required, role_changed or test.

  --failed         what was given up only
  --limit N        at most so many, 50 if not given
  --after ID       go on after this mail, the last one of the page before
  --all            all that was given up
  --html           its HTML; otherwise its subject and its text
  --source         with the placeholders unfilled: where a text of your own begins
  --json           for programs: an array for list, an object for show
  --data FOLDER    folder of the database, ./countersign-data if not given`
