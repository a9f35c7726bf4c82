import java.io.*;
import java.nio.file.*;
import java.util.*;
import org.yamcs.YConfiguration;
import org.yamcs.mdb.*;
import org.yamcs.parameter.*;

/**
 * Yamcs on our XTCE: loads the databases that a file names, extracts its packets and builds its commands.
 * Prints raw and engineering values of parameters, and the octets of commands.
 */
public class ReadXtce {
    static String shown(Value v) {
        if (v == null) { return "-"; }
        switch (v.getType()) {
        case FLOAT: return "f:" + Integer.toHexString(Float.floatToRawIntBits(v.getFloatValue()));
        case DOUBLE: return "d:" + Long.toHexString(Double.doubleToRawLongBits(v.getDoubleValue()));
        case UINT32: return "i:" + Integer.toUnsignedString(v.getUint32Value());
        case SINT32: return "i:" + v.getSint32Value();
        case UINT64: return "i:" + Long.toUnsignedString(v.getUint64Value());
        case SINT64: return "i:" + v.getSint64Value();
        case BOOLEAN: return "b:" + v.getBooleanValue();
        case BINARY: return "x:" + HexFormat.of().formatHex(v.getBinaryValue());
        case STRING: case ENUMERATED: return "s:" + HexFormat.of().formatHex(v.getStringValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        default: return v.getType() + ":" + v;
        }
    }

    public static void main(String[] args) throws Exception {
        org.yamcs.utils.TimeEncoding.setUp();
        java.util.logging.LogManager.getLogManager().reset();
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, "UTF-8");
        DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(args[0])));
        while (true) {
            int length;
            try { length = in.readInt(); } catch (EOFException e) { break; }
            String file = new String(in.readNBytes(length), "UTF-8");
            Map<String, Object> tree = new HashMap<>();
            tree.put("type", "xtce");
            tree.put("args", Map.of("file", file));
            out.println("SET " + file);
            XtceTmExtractor extractor = null;
            MetaCommandProcessor commands = null;
            Mdb mdb = null;
            try {
                mdb = MdbFactory.createInstance(List.of(YConfiguration.wrap(tree)), false, false);
                extractor = new XtceTmExtractor(mdb);
                extractor.provideAll();
                commands = new MetaCommandProcessor(new ProcessorData("realtime", mdb, new org.yamcs.ProcessorConfig()));
                out.println("LOADED " + mdb.getParameters().size() + " " + mdb.getMetaCommands().size());
            } catch (Throwable e) {
                out.println("FAILED " + e);
            }
            int packets = in.readInt();
            for (int k = 0; k < packets; k++) {
                byte[] data = in.readNBytes(in.readInt());
                if (extractor == null) { continue; }
                out.println("PACKET");
                try {
                    ContainerProcessingResult r = extractor.processPacket(data, 0L, 0L, 0);
                    for (ParameterValue v : r.getParameterResult()) {
                        out.println(v.getParameter().getName() + "\t" + shown(v.getRawValue()) + "\t" + shown(v.getEngValue()));
                    }
                } catch (Throwable e) {
                    out.println("FAILED " + e);
                }
            }
            int built = in.readInt();
            for (int k = 0; k < built; k++) {
                String name = new String(in.readNBytes(in.readInt()), "UTF-8");
                Map<String, Object> values = new LinkedHashMap<>();
                for (int n = in.readInt(); n > 0; n--) {
                    String key = new String(in.readNBytes(in.readInt()), "UTF-8");
                    values.put(key, new String(in.readNBytes(in.readInt()), "UTF-8"));
                }
                if (commands == null) { continue; }
                try {
                    org.yamcs.xtce.MetaCommand found = null;
                    for (org.yamcs.xtce.MetaCommand c : mdb.getMetaCommands()) {
                        if (c.getName().equals(name)) { found = c; }
                    }
                    byte[] packet = commands.buildCommand(found, values, 0L).getCmdPacket();
                    out.println("COMMAND " + HexFormat.of().formatHex(packet));
                } catch (Throwable e) {
                    out.println("COMMAND FAILED " + e);
                }
            }
        }
        out.flush();
        System.exit(0);
    }
}
