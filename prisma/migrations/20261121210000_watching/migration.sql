-- CreateTable
CREATE TABLE "Cause" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "service" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "card" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Check" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "service" TEXT,
    "config" TEXT NOT NULL,
    "every" INTEGER NOT NULL,
    "timeout" INTEGER NOT NULL,
    "tolerates" INTEGER NOT NULL DEFAULT 0,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "secret" TEXT,
    "hash" TEXT,
    "by" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "since" DATETIME,
    "checkedAt" DATETIME,
    "latency" INTEGER,
    "message" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "hours" TEXT NOT NULL DEFAULT '[]'
);

-- CreateTable
CREATE TABLE "CheckResult" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "check" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "state" TEXT NOT NULL,
    "latency" INTEGER,
    "message" TEXT
);

-- CreateTable
CREATE TABLE "AlertRule" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "builtIn" TEXT,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "config" TEXT NOT NULL,
    "services" TEXT NOT NULL DEFAULT '[]',
    "severity" TEXT NOT NULL,
    "lasts" INTEGER NOT NULL DEFAULT 0,
    "channels" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "by" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "Incident" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "rule" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "service" TEXT,
    "subject" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "openedAt" DATETIME NOT NULL,
    "lastAt" DATETIME NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "endedAt" DATETIME,
    "ending" TEXT,
    "acknowledgedAt" DATETIME,
    "acknowledgedBy" TEXT,
    "note" TEXT,
    "parent" TEXT,
    "toldAt" DATETIME,
    "detail" TEXT
);

-- CreateTable
CREATE TABLE "Channel" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "config" TEXT NOT NULL,
    "secrets" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "takesAll" BOOLEAN NOT NULL DEFAULT true,
    "severity" TEXT NOT NULL DEFAULT 'info',
    "quiet" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastOkAt" DATETIME,
    "problem" TEXT,
    "failingAt" DATETIME
);

-- CreateTable
CREATE TABLE "Delivery" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "channel" TEXT NOT NULL,
    "incident" TEXT,
    "kind" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAt" DATETIME,
    "sentAt" DATETIME,
    "problem" TEXT
);

-- CreateTable
CREATE TABLE "Mute" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "services" TEXT NOT NULL,
    "rule" TEXT,
    "from" DATETIME NOT NULL,
    "until" DATETIME,
    "cron" TEXT,
    "timezone" TEXT,
    "lasts" INTEGER,
    "reason" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "PushSubscription" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "user" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "keys" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastOkAt" DATETIME
);

-- CreateIndex
CREATE INDEX "Cause_at_idx" ON "Cause"("at");

-- CreateIndex
CREATE UNIQUE INDEX "Cause_service_at_key" ON "Cause"("service", "at");

-- CreateIndex
CREATE UNIQUE INDEX "Check_hash_key" ON "Check"("hash");

-- CreateIndex
CREATE INDEX "Check_service_idx" ON "Check"("service");

-- CreateIndex
CREATE INDEX "CheckResult_check_at_idx" ON "CheckResult"("check", "at");

-- CreateIndex
CREATE INDEX "CheckResult_at_idx" ON "CheckResult"("at");

-- CreateIndex
CREATE UNIQUE INDEX "AlertRule_builtIn_key" ON "AlertRule"("builtIn");

-- CreateIndex
CREATE INDEX "Incident_endedAt_openedAt_idx" ON "Incident"("endedAt", "openedAt");

-- CreateIndex
CREATE INDEX "Incident_key_endedAt_idx" ON "Incident"("key", "endedAt");

-- CreateIndex
CREATE INDEX "Incident_service_openedAt_idx" ON "Incident"("service", "openedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Channel_name_key" ON "Channel"("name");

-- CreateIndex
CREATE INDEX "Delivery_nextAt_idx" ON "Delivery"("nextAt");

-- CreateIndex
CREATE INDEX "Delivery_incident_idx" ON "Delivery"("incident");

-- CreateIndex
CREATE INDEX "Delivery_createdAt_idx" ON "Delivery"("createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Delivery_channel_incident_kind_createdAt_key" ON "Delivery"("channel", "incident", "kind", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "PushSubscription_endpoint_key" ON "PushSubscription"("endpoint");

-- CreateIndex
CREATE INDEX "PushSubscription_user_idx" ON "PushSubscription"("user");
