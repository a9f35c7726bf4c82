"""The inner wall of chamber and nozzle: shape, flow along it by the method of characteristics, CSV and DXF."""
