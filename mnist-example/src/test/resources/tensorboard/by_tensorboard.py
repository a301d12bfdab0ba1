"""Writes by-tensorboard.tfevents with TensorBoard's own writer (2.21.0), which the tests' reader is held against."""
import os
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

file = os.path.join(os.path.dirname(os.path.abspath(__file__)), "by-tensorboard.tfevents")
with open(file, "wb") as out:
    writer = RecordWriter(out)
    image = Summary.Image(height=2, width=3, colorspace=1, encoded_image_string=b"\x89PNG...")
    for event in (
        Event(wall_time=1000.5, file_version="brain.Event:2"),
        Event(wall_time=1001.0, step=7, session_log=SessionLog(status=SessionLog.START)),
        Event(
            wall_time=1002.25,
            step=300,
            summary=Summary(
                value=[
                    Summary.Value(tag="loss/train", simple_value=0.25),
                    Summary.Value(tag="learning_rate", simple_value=-1.5),
                ]
            ),
        ),
        Event(wall_time=1003.0, step=301, summary=Summary(value=[Summary.Value(tag="picture", image=image)])),
    ):
        writer.write(event.SerializeToString())
    writer.flush()
