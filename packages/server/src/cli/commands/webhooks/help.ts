/** Of the group and of each of its commands. */
export const webhooksHelp = `Usage: countersign webhooks test
       countersign webhooks replay --since WHEN
       countersign webhooks replay --id ID

test     post a message of the type webhook.test to every receiver
replay   post events of the trail once more, in their order, to every receiver:
         those from then on, or the one with that webhook-id. A receiver that
         refuses one gets none after it. What a server delivers goes on beside it

Receivers are those of COUNTERSIGN_WEBHOOK_URLS. The exit status is 1 if one of
them did not take what it was sent.

  --since WHEN     an age such as 2h or 7d, or 2027-01-15T08:00:00Z
  --id ID          of one event: its webhook-id
  --data FOLDER    folder of the database, ./countersign-data if not given`
