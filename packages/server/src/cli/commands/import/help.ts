/** Of the group and of each of its commands. */
export const importHelp = `Usage: countersign import django --from ADDRESS [--table NAME]
                                 [--columns NAME=COLUMN,…] [--verified all]
       countersign import users FILE [--format NAME] [--hash-config FILE]
                                 [--with-sessions] [--decrypt-with FILE | --passphrase]

django   the users of a Django project, with their ids, passwords, groups, and what
         is known of their refresh tokens; its database is only read
users    the users in a file: one JSON object a line, as countersign export writes
         them, or another system's export

No password is hashed on the way: a hash stays as it is until its user logs in.
Who is there already is told apart by his id and stays as he is. Interrupted by
whatever, the same command goes on where it stopped. Names and addresses that
somebody has are refused and told, never merged.

For both:
  --dry-run          write nothing, say what would become of each
  --update           who is there already takes what the source says now
  --allow-weak       hashes that are guessed quickly (md5, sha1, crypt, …) are
                     wrapped in argon2id at once; else they are refused
  --allow-taken-email
                     whose address somebody has comes without a claim to it
  --report FILE      what became of each row, one JSON object a line
  --json             for programs: {"ok": …, "dry_run": …, "counts": {…}}
  --data FOLDER      folder of the database, ./countersign-data if not given

For django:
  --from ADDRESS     sqlite:FILE or postgres://USER@HOST/DATABASE, without a
                     password: DATABASE_PASSWORD or DATABASE_PASSWORD_FILE has it
  --from-file FILE   a file that holds such an address, password and all
  --table NAME       the table of users, auth_user if not given
  --columns LIST     where its columns have other names, or are missing:
                     id=pk,username=login,last_name=none
  --verified all     take every address for verified

For users:
  --format NAME      countersign if not given; keycloak, firebase, supabase, auth0,
                     devise
  --hash-config FILE the hash parameters of a Firebase project, as JSON
  --with-sessions    also the sessions in the file: they go on where the master
                     secret is the same
  --decrypt-with FILE
                     the private key to which the file is sealed
  --passphrase       ask for the passphrase with which it is sealed

The exit status is 0 only if no row was refused.`
