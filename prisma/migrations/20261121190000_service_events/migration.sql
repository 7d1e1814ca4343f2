-- CreateTable
CREATE TABLE "ServiceEvent" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "service" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "kind" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "code" INTEGER,
    "signal" TEXT,
    "oom" BOOLEAN NOT NULL DEFAULT false,
    "by" TEXT,
    "reason" TEXT,
    "detail" TEXT,
    "missed" BOOLEAN NOT NULL DEFAULT false
);

-- CreateTable
CREATE TABLE "ServiceSeen" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "state" TEXT NOT NULL,
    "updatedAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "ServiceEvent_service_at_idx" ON "ServiceEvent"("service", "at");

-- CreateIndex
CREATE INDEX "ServiceEvent_at_idx" ON "ServiceEvent"("at");


