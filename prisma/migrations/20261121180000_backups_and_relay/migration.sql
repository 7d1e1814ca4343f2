-- CreateTable
CREATE TABLE "Job" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "title" TEXT NOT NULL DEFAULT '',
    "actor" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "progress" TEXT,
    "steps" TEXT NOT NULL DEFAULT '[]',
    "log" TEXT NOT NULL DEFAULT '[]',
    "message" TEXT NOT NULL DEFAULT '',
    "result" TEXT,
    "error" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" DATETIME,
    "finishedAt" DATETIME
);

-- CreateTable
CREATE TABLE "Intent" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "job" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "Backup" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "source" TEXT NOT NULL,
    "sourceKey" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "size" BIGINT NOT NULL,
    "originalSize" BIGINT NOT NULL,
    "files" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "consistency" TEXT NOT NULL,
    "encrypted" BOOLEAN NOT NULL DEFAULT false,
    "engine" TEXT NOT NULL DEFAULT 'archive',
    "toolName" TEXT NOT NULL,
    "toolVersion" TEXT NOT NULL,
    "note" TEXT,
    "kept" BOOLEAN NOT NULL DEFAULT false,
    "safetyFor" TEXT,
    "safetyUntil" DATETIME,
    "place" TEXT,
    "copies" TEXT NOT NULL DEFAULT '[]',
    "extra" TEXT,
    "verifiedAt" DATETIME,
    "drilledAt" DATETIME,
    "drill" TEXT,
    "damage" TEXT,
    "job" TEXT,
    "schedule" TEXT
);

-- CreateTable
CREATE TABLE "Schedule" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "source" TEXT NOT NULL,
    "sourceKey" TEXT NOT NULL,
    "cron" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "keep" TEXT NOT NULL,
    "consistency" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "include" TEXT NOT NULL DEFAULT '[]',
    "exclude" TEXT NOT NULL DEFAULT '[]',
    "destinations" TEXT NOT NULL DEFAULT '[]',
    "engine" TEXT NOT NULL DEFAULT 'archive',
    "encryption" TEXT,
    "drillCron" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastRunAt" DATETIME,
    "lastJob" TEXT,
    "lastDrillAt" DATETIME,
    "dueAt" DATETIME,
    "drillDueAt" DATETIME
);

-- CreateTable
CREATE TABLE "Destination" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "config" TEXT NOT NULL,
    "secrets" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checkedAt" DATETIME,
    "problem" TEXT,
    "failingAt" DATETIME
);

-- CreateTable
CREATE TABLE "Encryption" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "recipient" TEXT,
    "secret" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "VolumeMark" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "protected" BOOLEAN NOT NULL DEFAULT false,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "VolumeSize" (
    "volume" TEXT NOT NULL,
    "measuredAt" DATETIME NOT NULL,
    "bytes" BIGINT NOT NULL,
    "files" INTEGER NOT NULL,

    PRIMARY KEY ("volume", "measuredAt")
);

-- CreateTable
CREATE TABLE "LabelConsent" (
    "service" TEXT NOT NULL PRIMARY KEY,
    "labels" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "RelayLink" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "service" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "passphrase" TEXT,
    "by" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" DATETIME NOT NULL,
    "mostOpens" INTEGER,
    "opens" INTEGER NOT NULL DEFAULT 0,
    "openedAt" DATETIME,
    "openedBy" TEXT,
    "openedFrom" TEXT,
    "endedAs" TEXT,
    "endedAt" DATETIME
);

-- CreateTable
CREATE TABLE "RelayEpisode" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "service" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "firstSeen" DATETIME NOT NULL,
    "lastSeen" DATETIME NOT NULL,
    "codes" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "endedAt" DATETIME,
    "via" TEXT
);

-- CreateTable
CREATE TABLE "RelayPattern" (
    "service" TEXT NOT NULL PRIMARY KEY,
    "pattern" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateIndex
CREATE INDEX "Job_state_idx" ON "Job"("state");

-- CreateIndex
CREATE INDEX "Job_createdAt_idx" ON "Job"("createdAt");

-- CreateIndex
CREATE INDEX "Intent_job_idx" ON "Intent"("job");

-- CreateIndex
CREATE INDEX "Backup_sourceKey_createdAt_idx" ON "Backup"("sourceKey", "createdAt");

-- CreateIndex
CREATE INDEX "Schedule_sourceKey_idx" ON "Schedule"("sourceKey");

-- CreateIndex
CREATE UNIQUE INDEX "Destination_name_key" ON "Destination"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Encryption_name_key" ON "Encryption"("name");

-- CreateIndex
CREATE UNIQUE INDEX "RelayLink_hash_key" ON "RelayLink"("hash");

-- CreateIndex
CREATE INDEX "RelayLink_service_idx" ON "RelayLink"("service");

-- CreateIndex
CREATE INDEX "RelayEpisode_service_firstSeen_idx" ON "RelayEpisode"("service", "firstSeen");


