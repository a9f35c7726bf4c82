"""The peer: a bare FastAPI route that returns given bytes. Run: python launch_data_bare.py FILE PORT."""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response

BODY = Path(sys.argv[1]).read_bytes()
app = FastAPI()


@app.get("/bare/{id}")
async def bare(id: str) -> Response:
    """The bytes."""
    return Response(BODY, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[2]), access_log=False, log_level="warning", http="httptools", ws="none")
