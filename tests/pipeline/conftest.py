"""What tests of the pipeline may ask for by name."""

from pipeline_bench import bench

__all__ = ["bench"]
