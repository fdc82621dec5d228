import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;

/**
 * The task on Kafka Streams, by its hopping windows: KafkaStreamsPeer HOSTS TOPIC RESULTS NAME FOLDER MODE.
 *
 * <p>Changed windows are told at each commit, every 5 seconds in mode "backlog" and every 100 ms in mode "live"; telling
 * them once, when they close, was several times slower here, for it switches the cache off. Stores and guarantee are the
 * defaults: RocksDB with a changelog topic, at least once. Messages carry their moment as Kafka's timestamp.
 */
public final class KafkaStreamsPeer {
  private static final long MINUTE = 60_000;
  private static final long STEP = 5_000;
  private static final long WINDOW = 30 * MINUTE;
  private static final long TARGET = 20_000;
  private static final String PLATFORM = "platform"; // the key of marks: they only move time on
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Newest moment, offered, answered, abandoned, answered in target. */
  private static byte[] packed(String topic, long[] counts) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * counts.length);
    bytes.asLongBuffer().put(counts);
    return bytes.array();
  }

  private static long[] unpacked(String topic, byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    long[] counts = new long[5];
    ByteBuffer.wrap(bytes).asLongBuffer().get(counts);
    return counts;
  }

  private static long[] counted(byte[] value) {
    try {
      JsonNode event = JSON.readTree(value);
      long at = event.get("at").asLong();
      switch (event.get("type").asText()) {
        case "queued":
          return new long[] {at, 1, 0, 0, 0};
        case "answered":
          String leg = event.get("leg_id").asText();
          long wait = at - Long.parseLong(leg.substring(0, leg.indexOf('.')));
          return new long[] {at, 0, 1, 0, wait <= TARGET ? 1 : 0};
        case "abandoned":
          return new long[] {at, 0, 0, 1, 0};
        default:
          return new long[] {at, 0, 0, 0, 0};
      }
    } catch (java.io.IOException error) {
      throw new IllegalArgumentException(error);
    }
  }

  private static long[] both(long[] more, long[] sums) {
    return new long[] {
      more[0], sums[1] + more[1], sums[2] + more[2], sums[3] + more[3], sums[4] + more[4]
    };
  }

  private static byte[] told(String queue, long end, long[] counts) {
    String text = String.format(
        "{\"queue\":\"%s\",\"at\":%d,\"counts\":[%d,%d,%d,%d],\"newest\":%d}",
        queue, end, counts[1], counts[2], counts[3], counts[4], counts[0]);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static void main(String[] args) throws InterruptedException {
    boolean live = args[5].equals("live");
    Properties options = new Properties();
    options.put(StreamsConfig.APPLICATION_ID_CONFIG, args[3]);
    options.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    options.put(StreamsConfig.STATE_DIR_CONFIG, args[4]);
    options.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    options.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64 << 20);
    options.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, live ? 100 : 5_000);
    AtomicBoolean began = new AtomicBoolean();
    Serde<long[]> serde =
        Serdes.serdeFrom(KafkaStreamsPeer::packed, KafkaStreamsPeer::unpacked);
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(args[1], Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .mapValues(value -> {
          if (!began.getAndSet(true)) {
            System.out.println("first record");
          }
          return counted(value);
        })
        .groupByKey(Grouped.with(Serdes.String(), serde))
        .windowedBy(
            TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(WINDOW)).advanceBy(Duration.ofMillis(STEP)))
        .aggregate(
            () -> new long[5],
            (queue, more, sums) -> both(more, sums),
            Materialized.with(Serdes.String(), serde))
        .toStream()
        .filter((window, sums) -> !window.key().equals(PLATFORM)
            && (live ? window.window().end() - sums[0] <= STEP : window.window().end() % MINUTE == 0))
        .map((window, sums) -> KeyValue.pair(
            window.key(), told(window.key(), window.window().end(), sums)))
        .to(args[2], Produced.with(Serdes.String(), Serdes.ByteArray()));
    KafkaStreams streams = new KafkaStreams(builder.build(), options);
    CountDownLatch ended = new CountDownLatch(1);
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      ended.countDown();
      return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler
          .StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    streams.start();
    ended.await();
    System.exit(1);
  }
}
