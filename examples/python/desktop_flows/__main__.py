"""python -m desktop_flows run|cancel|schedule ID|activities SECONDS|standalone|nexus ENDPOINT INPUT"""

import asyncio
import json
import os
import sys

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig

from .activities import activities
from .cancel import cancel
from .nexus import nexus
from .run import run
from .schedule import schedule
from .standalone import standalone

COMMANDS = {command.__name__: command for command in (run, cancel, schedule, activities, standalone, nexus)}


async def main(command: str, *rest: str) -> int:
    *arguments, flow = rest
    # TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and Temporal's other variables, or its configuration file.
    config = ClientConfig.load_client_connect_config()
    client = await Client.connect(**config, data_converter=pydantic_data_converter)
    task_queue = os.environ.get("TEMPORAL_TASK_QUEUE", "power-automate")
    return await COMMANDS[command](client, task_queue, *arguments, json.loads(flow))


if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
    sys.exit(f"usage: {__doc__}")
status = asyncio.run(main(*sys.argv[1:]))
sys.stdout.flush()
# Skips Python's own way out, on which threads of the SDK may end a short program by SIGABRT (temporalio/sdk-python#300).
os._exit(status)
