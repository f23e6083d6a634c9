/** Of the group and of each of its commands. */
export const usersHelp = `Usage: countersign users list [--search NAME] [--limit N] [--after ID] [--json]
       countersign users show NAME|ID [--json]
       countersign users create NAME [--email ADDRESS] [--password-stdin]
                                [--staff] [--superuser]
       countersign users disable NAME|ID
       countersign users enable NAME|ID
       countersign users delete NAME|ID [--yes]
       countersign users set-password NAME|ID [--password-stdin]
       countersign users role NAME|ID owner|admin|support|auditor|none
       countersign users hashes [--wrap] [--json]

list           users in the order in which they came
show           one user with his live sessions
create         a user; the password is asked for
disable        he can no longer log in, and his sessions end
enable         he can log in again
delete         for good; asks first
set-password   a new password; his sessions end
role           what he may do in the admin console; none takes it away
hashes         how many have which kind of password hash, and which are weak

Where sessions end, a running server refuses their tokens within a second.

  --search NAME      the user of this name or e-mail address
  --limit N          at most so many, 50 if not given
  --after ID         go on after this user, the last one of the page before
  --password-stdin   take the password from the first line of stdin
  --yes              do not ask
  --wrap             put argon2id around weak hashes, so that they cost as much to
                     guess as new ones; it can be interrupted and goes on later
  --json             for programs: an array for list and hashes, an object for show
  --data FOLDER      folder of the database, ./countersign-data if not given`
