/** The parts of a database that have tables of their own, each with a version. */
export type SchemaPart = 'store' | 'queue'

/** What brings a part from version n to n + 1 stands at index n. What was released is never changed, only followed. */
export const migrations: Record<SchemaPart, readonly string[]> = {
  store: [
    `
    create table counters (name text primary key, value integer not null) strict, without rowid;
    insert into counters values ('banks', 0), ('events_forgotten', 0);

    create table banks (
      name text primary key,
      -- What lists show of the bank, as JSON.
      row text not null,
      -- The bank without its status, as JSON.
      document text not null,
      -- Apart, because it changes all the time while a run goes on, and the document may be large.
      status text,
      status_session real,
      -- Value of the counter when the status was last written for good; progress of an earlier one is dropped.
      status_version integer not null,
      -- Value of the counter when the bank was last changed.
      version integer not null
    ) strict;
    create index banks_version on banks (version);

    create table history (
      id integer primary key autoincrement,
      bank text not null,
      action text not null,
      start_ms real not null,
      end_ms real not null,
      updated integer,
      error integer not null,
      cancelled integer not null,
      reason text,
      job text
    ) strict;
    create index history_start on history (start_ms, id);
    create index history_bank on history (bank, start_ms, id);

    create table users (
      id text primary key,
      email text not null,
      key_hash text not null unique,
      document text not null
    ) strict;
    create index users_email on users (email);

    create table locks (
      bank text primary key,
      action text not null,
      job text not null,
      owner text not null,
      worker text not null,
      since_ms real not null
    ) strict;

    create table services (
      id text primary key,
      lease_until_ms real not null,
      document text not null
    ) strict;
    create index services_lease on services (lease_until_ms);

    create table cron_entries (name text primary key, document text not null) strict;
    create table release_watches (bank text primary key, document text not null) strict;

    create table events (
      id integer primary key autoincrement,
      at_ms real not null,
      type text not null,
      bank text,
      data text not null
    ) strict;

    create table cluster_state (name text primary key, document text not null) strict;
    `,
  ],
  queue: [
    `
    create table queue_counters (name text primary key, value integer not null) strict, without rowid;
    insert into queue_counters values ('changes', 0);

    create table jobs (
      id text primary key,
      kind text not null,
      bank text not null,
      payload text not null,
      user text not null,
      correlation_id text not null,
      parent text,
      state text not null,
      priority real not null,
      queued_at_ms real not null,
      started_at_ms real,
      ended_at_ms real,
      worker text,
      lease_until_ms real,
      attempts integer not null,
      cancel_requested_by text,
      progress text,
      result text,
      reason text,
      -- 1 for kinds that work on a bank as a whole.
      exclusive integer not null,
      -- 1 while a queued job has to wait for another of its bank; only the first of each kind and bank has 0.
      waits integer not null,
      -- Value of the counter when somebody was last told of a change.
      changed integer not null
    ) strict;
    -- What take looks for: the first of a kind that need not wait.
    create index jobs_next on jobs (kind, priority desc, id) where state = 'queued' and waits = 0;
    -- The first of a bank and kind, waiting or not.
    create index jobs_bank_next on jobs (bank, kind, waits, priority desc, id) where state = 'queued';
    -- Two jobs of one bank never run at the same time, whatever the code does.
    create unique index jobs_running_bank on jobs (bank) where state = 'running' and exclusive = 1;
    -- Only running jobs have a lease.
    create index jobs_lease on jobs (lease_until_ms) where lease_until_ms is not null;
    create index jobs_parent on jobs (parent) where parent is not null;
    create index jobs_bank on jobs (bank, id);
    create index jobs_state on jobs (state, kind);
    create index jobs_order on jobs (state, priority desc, id);
    create index jobs_newest on jobs (state, id);
    create index jobs_ended on jobs (ended_at_ms) where ended_at_ms is not null;
    create index jobs_changed on jobs (changed);
    `,
  ],
}
