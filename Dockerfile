# The app in a container: https://docs.docker.com/reference/dockerfile/
#   docker build -t warmtransfer .
# The Python is that of .python-version. Nothing but what .dockerignore lets in is copied: no .env, no tests.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS wheels
COPY requirements.txt .
RUN pip wheel --no-cache-dir --wheel-dir /wheels -r requirements.txt

FROM python:${PYTHON}-slim
WORKDIR /app
COPY requirements.txt .
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels -r requirements.txt
COPY warmtransfer warmtransfer
COPY wsgi.py .
RUN python -m compileall -q warmtransfer wsgi.py \
    && useradd --system --no-create-home --uid 10001 app \
    && install -d -o app /data
USER app
# Where no DATABASE_URL is given, calls are kept in this volume, by one process.
ENV DATABASE_URL=sqlite:////data/warmtransfer.sqlite3 \
    FLASK_SKIP_DOTENV=1 \
    PORT=8000 \
    PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "warmtransfer.alive"]
# As process 1, which gets the host's SIGTERM itself and is gone within 10 s: give it 15.
CMD ["python", "wsgi.py"]
