import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.triggers.EventTimeTrigger;
import org.apache.flink.streaming.api.windowing.triggers.Trigger;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * The task on Flink in one process (MiniCluster), by its sliding windows: FlinkPeer HOSTS TOPIC RESULTS NAME FOLDER MODE.
 *
 * <p>In mode "backlog" a window is told when it closes; in mode "live" the window that holds now is told at each event.
 * State is on the heap, with checkpoints under FOLDER, each 10 seconds in a backlog and each second in mode "live"; results are delivered at least once, so that no reader
 * waits for a checkpoint.
 */
public final class FlinkPeer {
  private static final long MINUTE = 60_000;
  private static final long STEP = 5_000;
  private static final long WINDOW = 30 * MINUTE;
  private static final long TARGET = 20_000;
  private static final long CHECKPOINT_MS = 1_000;
  private static final long CHECKPOINT_IN_BACKLOG_MS = 10_000;
  private static boolean began;

  /** What an event counts as; the queue of a mark is empty. */
  public static final class Event {
    public String queue = "";
    public long at;
    public int offered;
    public int answered;
    public int abandoned;
    public int inTarget;
  }

  /** Of one queue and window. */
  public static final class Counts {
    public long newest;
    public int offered;
    public int answered;
    public int abandoned;
    public int inTarget;
  }

  /** Reads an event's JSON. */
  public static final class Reader implements DeserializationSchema<Event> {
    private transient ObjectMapper json;

    @Override
    public void open(InitializationContext context) {
      json = new ObjectMapper();
    }

    @Override
    public Event deserialize(byte[] value) throws IOException {
      if (!began) {
        began = true;
        System.out.println("first record");
      }
      JsonNode told = json.readTree(value);
      Event event = new Event();
      event.at = told.get("at").asLong();
      switch (told.get("type").asText()) {
        case "queued":
          event.offered = 1;
          break;
        case "answered":
          String leg = told.get("leg_id").asText();
          event.answered = 1;
          event.inTarget = event.at - Long.parseLong(leg.substring(0, leg.indexOf('.'))) <= TARGET ? 1 : 0;
          break;
        case "abandoned":
          event.abandoned = 1;
          break;
        default:
          return event;
      }
      event.queue = told.get("queue").asText();
      return event;
    }

    @Override
    public boolean isEndOfStream(Event event) {
      return false;
    }

    @Override
    public TypeInformation<Event> getProducedType() {
      return TypeInformation.of(Event.class);
    }
  }

  /** Adds events up. */
  public static final class Adding implements AggregateFunction<Event, Counts, Counts> {
    @Override
    public Counts createAccumulator() {
      return new Counts();
    }

    @Override
    public Counts add(Event event, Counts sums) {
      sums.newest = event.at;
      sums.offered += event.offered;
      sums.answered += event.answered;
      sums.abandoned += event.abandoned;
      sums.inTarget += event.inTarget;
      return sums;
    }

    @Override
    public Counts getResult(Counts sums) {
      return sums;
    }

    @Override
    public Counts merge(Counts one, Counts other) {
      throw new UnsupportedOperationException("sliding windows do not merge");
    }
  }

  /** Tells a window at each event while it is the one that holds now; Flink itself clears it at its end. */
  public static final class EachEvent extends Trigger<Event, TimeWindow> {
    @Override
    public TriggerResult onElement(Event event, long at, TimeWindow window, TriggerContext context) {
      return window.getEnd() - at <= STEP ? TriggerResult.FIRE : TriggerResult.CONTINUE;
    }

    @Override
    public TriggerResult onEventTime(long time, TimeWindow window, TriggerContext context) {
      return TriggerResult.CONTINUE;
    }

    @Override
    public TriggerResult onProcessingTime(long time, TimeWindow window, TriggerContext context) {
      return TriggerResult.CONTINUE;
    }

    @Override
    public void clear(TimeWindow window, TriggerContext context) {
    }
  }

  /** A window as JSON; of a finished backlog only those that end at whole minutes. */
  public static final class Telling extends ProcessWindowFunction<Counts, String, String, TimeWindow> {
    private final boolean live;

    Telling(boolean live) {
      this.live = live;
    }

    @Override
    public void process(String queue, Context context, Iterable<Counts> found, Collector<String> out) {
      long end = context.window().getEnd();
      if (live || end % MINUTE == 0) {
        Counts counts = found.iterator().next();
        out.collect(String.format(
            "{\"queue\":\"%s\",\"at\":%d,\"counts\":[%d,%d,%d,%d],\"newest\":%d}",
            queue, end, counts.offered, counts.answered, counts.abandoned, counts.inTarget, counts.newest));
      }
    }
  }

  /** The newest finished checkpoint under the folder, if there is one. */
  private static Optional<Path> checkpoint(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getFileName().toString().equals("_metadata"))
          .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
          .map(Path::getParent);
    }
  }

  public static void main(String[] args) throws Exception {
    boolean live = args[5].equals("live");
    Path folder = Paths.get(args[4]);
    Configuration options = new Configuration();
    options.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(live ? CHECKPOINT_MS : CHECKPOINT_IN_BACKLOG_MS));
    options.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    options.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
    options.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    checkpoint(folder).ifPresent(
        path -> options.set(StateRecoveryOptions.SAVEPOINT_PATH, path.toUri().toString()));
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.createLocalEnvironment(1, options);
    flink.getConfig().enableObjectReuse();
    KafkaSource<Event> source = KafkaSource.<Event>builder()
        .setBootstrapServers(args[0])
        .setTopics(args[1])
        .setGroupId(args[3])
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setValueOnlyDeserializer(new Reader())
        .build();
    KafkaSink<String> sink = KafkaSink.<String>builder()
        .setBootstrapServers(args[0])
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setRecordSerializer(KafkaRecordSerializationSchema.<String>builder()
            .setTopic(args[2])
            .setValueSerializationSchema(
                (SerializationSchema<String>) text -> text.getBytes(StandardCharsets.UTF_8))
            .build())
        .build();
    WatermarkStrategy<Event> clock = WatermarkStrategy.<Event>forMonotonousTimestamps()
        .withTimestampAssigner((event, at) -> event.at);
    flink.fromSource(source, clock, "events")
        .filter(event -> !event.queue.isEmpty())
        .keyBy(event -> event.queue)
        .window(SlidingEventTimeWindows.of(Duration.ofMillis(WINDOW), Duration.ofMillis(STEP)))
        .trigger(live ? new EachEvent() : EventTimeTrigger.create())
        .aggregate(new Adding(), new Telling(live))
        .sinkTo(sink);
    flink.execute("peer");
  }
}
