# An application that waits for its services itself: as PID 1 allclear becomes gunicorn when they are there.
FROM registry.example.org/allclear:0.1.0 AS allclear

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends gunicorn && rm -rf /var/lib/apt/lists/*
COPY --from=allclear /opt/allclear /opt/allclear
COPY shop.py /srv/shop/
USER 65532
ENTRYPOINT ["/opt/allclear/bin/allclear", "wait", "db=env:DATABASE_URL", "cache=env:CACHE_URL", "--"]
CMD ["gunicorn", "--bind=:8000", "--chdir=/srv/shop", "--worker-tmp-dir=/dev/shm", "shop"]
