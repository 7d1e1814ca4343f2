ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
# Dependencies are a layer of their own: sources change more often.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs

FROM ${NODE_IMAGE} AS run
# systemd for its journalctl, which reads a mounted journal. It does not run here.
RUN apt-get update \
 && apt-get install -y --no-install-recommends systemd tini \
 && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /opt/yarn* \
 && mkdir /data && chown 1000:1000 /data
WORKDIR /app
COPY --from=build /app/.next/standalone ./
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 TRIHELM_CONTAINER=1 TRIHELM_HOST=0.0.0.0 TRIHELM_PORT=7420 TRIHELM_DATA_DIR=/data
USER 1000:1000
VOLUME /data
EXPOSE 7420
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TRIHELM_PORT}/api/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/usr/bin/tini", "--"]
# Lines pass through in great numbers and live for a moment: a larger nursery is memory that does not come back.
CMD ["node", "--max-semi-space-size=8", "scripts/serve.ts"]

ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Trihelm" \
      org.opencontainers.image.description="One page for a server's systemd units, PM2 processes and Docker containers" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
