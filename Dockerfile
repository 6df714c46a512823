# The image of allclear: one program and the libraries it needs, in /opt/allclear, and nothing else.
# BUILDER is a Debian 12 with a Swift 6.3 toolchain; the same file builds for amd64 and arm64.
ARG BUILDER=swift:6.3-bookworm

FROM ${BUILDER} AS build
RUN apt-get update && apt-get install -y --no-install-recommends make
WORKDIR /source
COPY . .
RUN make image-root DIR=/image

FROM scratch
COPY --from=build /image/ /
LABEL org.opencontainers.image.title="allclear" \
      org.opencontainers.image.description="Checks the services that an application needs, and answers for them over HTTP" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="scratch"
# A crash writes where it happened, without registers and memory: those may hold secrets.
ENV SWIFT_BACKTRACE=enable=yes,registers=none,images=none
USER 65532:65532
EXPOSE 8484
STOPSIGNAL SIGTERM
# Compose waits for "healthy". `startup` stays open once it was: nobody is to restart the gateway for a service's sake. Retries
# for five minutes instead of a start period, in which Docker 25 would ask every 5 s only.
HEALTHCHECK --interval=2s --timeout=3s --retries=150 CMD ["/opt/allclear/bin/allclear", "status", "startup"]
ENTRYPOINT ["/opt/allclear/bin/allclear"]
