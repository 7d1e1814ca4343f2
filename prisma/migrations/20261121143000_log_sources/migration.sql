-- CreateTable
CREATE TABLE "LogSource" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "service" TEXT,
    "pattern" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
